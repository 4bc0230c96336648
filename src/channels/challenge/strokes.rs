//! The shapes of the ten digits as strokes of a pen, in a box one wide and one high, `y` downwards.

use std::f32::consts::PI;

/// A point of a stroke.
pub type Point = (f32, f32);

/// The strokes of a digit; none for anything else.
pub fn digit(c: char) -> Vec<Vec<Point>> {
    match c {
        '0' => vec![arc((0.5, 0.5), (0.31, 0.45), 0.0, 2.0)],
        '1' => vec![vec![(0.28, 0.24), (0.54, 0.05), (0.54, 0.95)], vec![(0.3, 0.95), (0.78, 0.95)]],
        '2' => vec![join(arc((0.5, 0.32), (0.29, 0.27), -1.0, 0.22), &[(0.2, 0.95), (0.82, 0.95)])],
        '3' => vec![
            join(arc((0.47, 0.28), (0.28, 0.23), -0.85, 0.5), &[(0.4, 0.51)]),
            arc((0.47, 0.73), (0.31, 0.22), -0.5, 0.85),
        ],
        '4' => vec![vec![(0.64, 0.95), (0.64, 0.05), (0.16, 0.68), (0.88, 0.68)]],
        '5' => vec![vec![(0.78, 0.05), (0.3, 0.05), (0.26, 0.47)], arc((0.46, 0.66), (0.32, 0.29), -0.75, 0.8)],
        '6' => {
            vec![arc((0.5, 0.67), (0.29, 0.28), 0.0, 2.0), vec![(0.7, 0.07), (0.48, 0.18), (0.31, 0.38), (0.22, 0.62)]]
        }
        '7' => vec![vec![(0.18, 0.05), (0.82, 0.05), (0.42, 0.95)], vec![(0.36, 0.5), (0.74, 0.5)]],
        '8' => vec![arc((0.5, 0.27), (0.25, 0.22), 0.0, 2.0), arc((0.5, 0.72), (0.31, 0.23), 0.0, 2.0)],
        '9' => {
            vec![arc((0.5, 0.33), (0.29, 0.28), 0.0, 2.0), vec![(0.78, 0.38), (0.69, 0.62), (0.52, 0.82), (0.3, 0.93)]]
        }
        _ => Vec::new(),
    }
}

/// A part of an ellipse; angles in half turns, clockwise from the right.
fn arc((x, y): Point, (wide, high): Point, from: f32, to: f32) -> Vec<Point> {
    const STEPS: u8 = 20;
    let at = |step: u8| {
        let angle = PI * (from + (to - from) * f32::from(step) / f32::from(STEPS));
        (x + wide * angle.cos(), y + high * angle.sin())
    };
    (0..=STEPS).map(at).collect()
}

fn join(mut stroke: Vec<Point>, more: &[Point]) -> Vec<Point> {
    stroke.extend_from_slice(more);
    stroke
}
