//! Second half of the layout: where exactly everything stands.

use crate::flow::graph::Picture;
use crate::flow::graph::order::{Rows, Spot, order};

/// Width of a character of the drawing's fixed-width font, at 12 units.
pub const LETTER: f64 = 7.3;
pub const BOX_HEIGHT: f64 = 40.0;
const LABEL_HEIGHT: f64 = 16.0;
/// Between the boxes of a row.
const GAP: f64 = 18.0;
/// Between rows, for the arrows to turn in.
const AISLE: f64 = 16.0;
const MARGIN: f64 = 24.0;
/// Room for the title.
const HEAD: f64 = 44.0;
const ROUNDS: usize = 60;

/// A rectangle by its middle.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Everything with its place.
pub struct Layout {
    pub width: f64,
    pub height: f64,
    /// By the index of the box.
    pub boxes: Vec<Area>,
    /// By the index of the arrow: its points from tail to head, and the middle of its label.
    pub arrows: Vec<(Vec<(f64, f64)>, Option<Area>)>,
}

pub fn lay_out(picture: &Picture) -> Layout {
    let rows = order(picture);
    let width: Vec<f64> = rows.spots.iter().map(|spot| breadth(picture, *spot)).collect();
    let x = columns(&rows, &width);
    let mut areas = vec![Area { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }; rows.spots.len()];
    let mut y = HEAD;
    for (n, row) in rows.rows.iter().enumerate() {
        let height = if n % 2 == 0 { BOX_HEIGHT } else { LABEL_HEIGHT };
        for spot in row {
            areas[*spot] = Area { x: x[*spot], y: y + height / 2.0, width: width[*spot], height };
        }
        y += height + AISLE;
    }
    let boxes: Vec<Area> = areas[..picture.nodes.len()].to_vec();
    let arrows = rows.paths.iter().enumerate().map(|(n, (path, upward))| {
        if picture.arrows[n].from == picture.arrows[n].to {
            return (beside(&boxes[picture.arrows[n].from]), None);
        }
        let label = path.iter().find(|spot| rows.spots[**spot] == Spot::Label(n)).map(|spot| areas[*spot]);
        let mut points = points(path, &areas, *upward);
        if *upward {
            points.reverse();
        }
        (points, label)
    });
    let arrows = arrows.collect();
    let right = areas.iter().map(|area| area.x + area.width / 2.0).fold(200.0, f64::max);
    Layout { width: right + MARGIN, height: y - AISLE + MARGIN, boxes, arrows }
}

fn breadth(picture: &Picture, spot: Spot) -> f64 {
    match spot {
        Spot::Box(n) => {
            let node = &picture.nodes[n];
            let letters = node.name.chars().count().max(node.does.chars().count());
            (letters as f64 * LETTER + 24.0).max(80.0)
        }
        Spot::Label(n) => picture.arrows[n].label.chars().count() as f64 * LETTER * 0.92 + 8.0,
        Spot::Bend => 6.0,
    }
}

/// Moves every spot towards the mean of its neighbours and keeps the order and the gaps of its row.
fn columns(rows: &Rows, width: &[f64]) -> Vec<f64> {
    let (above, below) = rows.neighbours();
    let mut x = vec![0.0; width.len()];
    for row in &rows.rows {
        let mut right = 0.0;
        for spot in row {
            x[*spot] = right + width[*spot] / 2.0;
            right += width[*spot] + GAP;
        }
    }
    for round in 0..ROUNDS {
        let mut order: Vec<&Vec<usize>> = rows.rows.iter().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for row in order {
            let wish: Vec<f64> = row.iter().map(|spot| wished(rows, *spot, &above, &below, &x)).collect();
            spread(row, &wish, width, &mut x);
        }
    }
    let left = x.iter().zip(width).map(|(x, width)| x - width / 2.0).fold(f64::INFINITY, f64::min);
    x.iter().map(|x| x - left + MARGIN).collect()
}

fn wished(rows: &Rows, spot: usize, above: &[Vec<usize>], below: &[Vec<usize>], x: &[f64]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for near in above[spot].iter().chain(&below[spot]) {
        // Long arrows run straight, boxes give way.
        let weight = match (rows.spots[spot], rows.spots[*near]) {
            (Spot::Bend, Spot::Bend) => 12.0,
            (Spot::Bend, Spot::Label(_)) | (Spot::Label(_), Spot::Bend) => 4.0,
            _ => 1.0,
        };
        sum += x[*near] * weight;
        total += weight;
    }
    if total == 0.0 { x[spot] } else { sum / total }
}

/// The places nearest to the wishes, in order and with gaps: blocks of neighbours that would overlap share one shift.
fn spread(row: &[usize], wish: &[f64], width: &[f64], x: &mut [f64]) {
    // A block: its first spot, how many, the sum of wishes relative to its start, and its width so far.
    let mut blocks: Vec<(usize, usize, f64, f64)> = Vec::new();
    for (n, spot) in row.iter().enumerate() {
        let half = width[*spot] / 2.0;
        blocks.push((n, 1, wish[n] - half, width[*spot] + GAP));
        while let [.., before, last] = blocks.as_slice() {
            let (start, end) = (before.2 / before.1 as f64, before.2 / before.1 as f64 + before.3);
            if end <= last.2 / last.1 as f64 {
                break;
            }
            let _ = start;
            let joined = (before.0, before.1 + last.1, before.2 + last.2 - last.1 as f64 * before.3, before.3 + last.3);
            blocks.pop();
            blocks.pop();
            blocks.push(joined);
        }
    }
    for (first, count, sum, _) in blocks {
        let mut left = sum / count as f64;
        for spot in &row[first..first + count] {
            x[*spot] = left + width[*spot] / 2.0;
            left += width[*spot] + GAP;
        }
    }
}

/// From the lower edge of the upper box through all bends to the upper edge of the lower one.
fn points(path: &[usize], areas: &[Area], upward: bool) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for (n, spot) in path.iter().enumerate() {
        let area = areas[*spot];
        if n == 0 {
            points.push((towards(area, areas[path[1]].x), area.y + area.height / 2.0));
        } else if n == path.len() - 1 {
            let gap = if upward { 0.0 } else { 2.0 };
            points.push((towards(area, areas[path[n - 1]].x), area.y - area.height / 2.0 - gap));
        } else {
            points.push((area.x, area.y - area.height / 2.0));
            points.push((area.x, area.y + area.height / 2.0));
        }
    }
    points
}

/// Where on its edge a box is left for a point at `x`, so that arrows do not all meet in the middle.
fn towards(area: Area, x: f64) -> f64 {
    let reach = (area.width / 2.0 - 12.0).max(0.0);
    area.x + ((x - area.x) * 0.35).clamp(-reach, reach)
}

/// A loop at the right of a box, for an arrow to itself.
fn beside(area: &Area) -> Vec<(f64, f64)> {
    let right = area.x + area.width / 2.0;
    vec![(right, area.y - 8.0), (right + 14.0, area.y - 8.0), (right + 14.0, area.y + 8.0), (right + 2.0, area.y + 8.0)]
}
