//! Draws the digits: turned, bent and crossed by lines, as a grey PNG.

use std::f32::consts::TAU;

use crate::channels::challenge::chance::Chance;
use crate::channels::challenge::strokes::{self, Point};

/// Pixels for one digit, and the height of the picture. Large, because it is read on telephones.
const CELL: u16 = 48;
const HEIGHT: u16 = 96;
const EDGE: u16 = 18;

/// Grey values, row by row.
struct Canvas {
    width: u16,
    grey: Vec<u8>,
}

/// A PNG of the digits, 96 pixels high and 48 a digit wide, the same for the same seed.
pub fn picture(digits: &str, seed: u64) -> Vec<u8> {
    let chance = &mut Chance::new(seed, 1);
    let count = u16::try_from(digits.chars().count()).unwrap_or(u16::MAX).min(16);
    let mut canvas = Canvas::new(EDGE * 2 + CELL * count.max(1), chance);
    let bend = Bend::new(chance);
    for _ in 0..2 {
        canvas.line(chance, &bend);
    }
    for (c, place) in digits.chars().zip(0..count) {
        canvas.digit(c, f32::from(EDGE + CELL * place), chance, &bend);
    }
    for _ in 0..3 {
        canvas.line(chance, &bend);
    }
    canvas.speckle(chance);
    canvas.encode()
}

/// One wave that bends everything, so that no row or column of a digit stays straight.
struct Bend {
    reach: Point,
    length: Point,
    phase: Point,
}

impl Bend {
    fn new(chance: &mut Chance) -> Self {
        Self {
            reach: (chance.between(2.0, 4.0), chance.between(3.0, 6.0)),
            length: (chance.between(45.0, 70.0), chance.between(70.0, 120.0)),
            phase: (chance.between(0.0, TAU), chance.between(0.0, TAU)),
        }
    }

    fn apply(&self, (x, y): Point) -> Point {
        let along = (TAU * y / self.length.0 + self.phase.0).sin() * self.reach.0;
        let across = (TAU * x / self.length.1 + self.phase.1).sin() * self.reach.1;
        (x + along, y + across)
    }
}

impl Canvas {
    fn new(width: u16, chance: &mut Chance) -> Self {
        let (left, right) = (chance.between(222.0, 250.0), chance.between(222.0, 250.0));
        let shade = |x: u16| whole(left + (right - left) * f32::from(x) / f32::from(width));
        let row: Vec<u8> = (0..width).map(shade).collect();
        Self { width, grey: row.repeat(usize::from(HEIGHT)) }
    }

    fn digit(&mut self, c: char, left: f32, chance: &mut Chance, bend: &Bend) {
        let size = (chance.between(34.0, 42.0), chance.between(52.0, 62.0));
        let turn = chance.between(-0.28, 0.28);
        let slant = chance.between(-0.2, 0.2);
        let middle = (
            left + f32::from(CELL) / 2.0 + chance.between(-3.0, 3.0),
            f32::from(HEIGHT) / 2.0 + chance.between(-7.0, 7.0),
        );
        let pen = chance.between(4.5, 7.0);
        let ink = chance.between(20.0, 80.0);
        let place = |(x, y): Point| {
            let (x, y) = ((x - 0.5) * size.0, (y - 0.5) * size.1);
            let x = x + slant * y;
            let (sin, cos) = turn.sin_cos();
            bend.apply((middle.0 + x * cos - y * sin, middle.1 + x * sin + y * cos))
        };
        for stroke in strokes::digit(c) {
            let points: Vec<Point> = stroke.windows(2).flat_map(|pair| fine(pair[0], pair[1])).map(place).collect();
            self.stroke(&points, pen, ink);
        }
    }

    /// A thin wave from edge to edge.
    fn line(&mut self, chance: &mut Chance, bend: &Bend) {
        let (from, to) = (chance.between(8.0, 88.0), chance.between(8.0, 88.0));
        let reach = chance.between(4.0, 14.0);
        let waves = chance.between(0.5, 1.6);
        let phase = chance.between(0.0, TAU);
        let pen = chance.between(1.2, 2.4);
        let ink = chance.between(60.0, 130.0);
        let at = |step: u8| {
            let share = f32::from(step) / 60.0;
            let y = from + (to - from) * share + reach * (TAU * waves * share + phase).sin();
            bend.apply((share * f32::from(self.width), y))
        };
        let points: Vec<Point> = (0..=60).map(at).collect();
        self.stroke(&points, pen, ink);
    }

    /// Soft-edged segments with round ends.
    fn stroke(&mut self, points: &[Point], pen: f32, ink: f32) {
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let margin = pen / 2.0 + 1.0;
            let columns = pixels(from.0.min(to.0) - margin, from.0.max(to.0) + margin, self.width);
            for y in pixels(from.1.min(to.1) - margin, from.1.max(to.1) + margin, HEIGHT) {
                for x in columns.clone() {
                    let far = distance((f32::from(x), f32::from(y)), from, to);
                    let cover = (pen / 2.0 + 0.5 - far).clamp(0.0, 1.0);
                    let grey = &mut self.grey[usize::from(y) * usize::from(self.width) + usize::from(x)];
                    let drawn = f32::from(*grey) * (1.0 - cover) + ink * cover;
                    *grey = whole(drawn).min(*grey);
                }
            }
        }
    }

    fn speckle(&mut self, chance: &mut Chance) {
        for _ in 0..self.grey.len() / 40 {
            let at = chance.below(self.grey.len());
            self.grey[at] = whole(chance.between(60.0, 235.0));
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, u32::from(self.width), u32::from(HEIGHT));
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().expect("a vector takes a header of a picture that is not empty");
        writer.write_image_data(&self.grey).expect("the canvas has width times height bytes");
        writer.finish().expect("a vector takes the end of a picture");
        file
    }
}

/// Points between two, close enough that a bent line looks bent.
fn fine(from: Point, to: Point) -> Vec<Point> {
    (0..=8u8)
        .map(|i| f32::from(i) / 8.0)
        .map(|t| (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t))
        .collect()
}

fn distance(point: Point, from: Point, to: Point) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length.max(f32::EPSILON);
    let along = along.clamp(0.0, 1.0);
    (point.0 - from.0 - along * dx).hypot(point.1 - from.1 - along * dy)
}

/// Whole pixels of a span that lie inside the picture.
fn pixels(from: f32, to: f32, end: u16) -> std::ops::Range<u16> {
    let inside = |value: f32| value.clamp(0.0, f32::from(end));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=end just before")]
    let (from, to) = (inside(from.floor()) as u16, inside(to.ceil()) as u16);
    from..to
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte just before")]
fn whole(grey: f32) -> u8 {
    grey.clamp(0.0, 255.0) as u8
}
