//! First half of the layout: which row a box stands in, and in which order the boxes of a row stand.

use crate::flow::graph::Picture;

/// A place in a row: a box, a label on its arrow, or a bend where an arrow passes a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spot {
    Box(usize),
    Label(usize),
    Bend,
}

/// Rows of spots, and for each arrow the spots that it passes from its upper to its lower end.
#[derive(Debug)]
pub struct Rows {
    pub spots: Vec<Spot>,
    /// Indices into `spots`, left to right.
    pub rows: Vec<Vec<usize>>,
    /// Upward arrows are laid out downward; `true` says that the head belongs to the upper end.
    pub paths: Vec<(Vec<usize>, bool)>,
}

/// Sweeps over the rows; more change nothing for flows of our size.
const SWEEPS: usize = 24;

pub fn order(picture: &Picture) -> Rows {
    let backward = backward(picture);
    let depth = depths(picture, &backward);
    let mut spots: Vec<Spot> = (0..picture.nodes.len()).map(Spot::Box).collect();
    // Labels get rows of their own, between those of the boxes, so that they cover nothing.
    let mut row_of: Vec<usize> = depth.iter().map(|depth| depth * 2).collect();
    let mut paths = Vec::new();
    for (n, arrow) in picture.arrows.iter().enumerate() {
        let (upper, lower) = if backward[n] { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
        let mut path = vec![upper];
        let (from, to) = (depth[upper] * 2, depth[lower] * 2);
        // The label stands next to the box that the arrow leaves.
        let label_row = if backward[n] { to.saturating_sub(1) } else { from + 1 };
        for row in from + 1..to {
            spots.push(if row == label_row && !arrow.label.is_empty() { Spot::Label(n) } else { Spot::Bend });
            row_of.push(row);
            path.push(spots.len() - 1);
        }
        path.push(lower);
        paths.push((path, backward[n]));
    }
    let count = row_of.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (spot, row) in row_of.iter().enumerate() {
        rows[*row].push(spot);
    }
    let mut rows = Rows { spots, rows, paths };
    rows.untangle();
    rows
}

impl Rows {
    /// The spots above and below each spot.
    pub fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut above = vec![Vec::new(); self.spots.len()];
        let mut below = vec![Vec::new(); self.spots.len()];
        for (path, _) in &self.paths {
            for pair in path.windows(2) {
                below[pair[0]].push(pair[1]);
                above[pair[1]].push(pair[0]);
            }
        }
        (above, below)
    }

    /// Sorts each row by the mean place of the neighbours, downward and upward in turn, and keeps the best result.
    fn untangle(&mut self) {
        let (above, below) = self.neighbours();
        let mut best = (self.crossings(&below), self.rows.clone());
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let neighbours = if down { &above } else { &below };
            let mut place = places(&self.rows, self.spots.len());
            let mut order: Vec<usize> = (0..self.rows.len()).collect();
            if !down {
                order.reverse();
            }
            for row in order {
                let mean = |spot: usize| match neighbours[spot].as_slice() {
                    [] => place[spot] as f64,
                    near => near.iter().map(|n| place[*n] as f64).sum::<f64>() / near.len() as f64,
                };
                let mut keyed: Vec<(f64, usize)> = self.rows[row].iter().map(|spot| (mean(*spot), *spot)).collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.rows[row] = keyed.into_iter().map(|(_, spot)| spot).collect();
                for (n, spot) in self.rows[row].iter().enumerate() {
                    place[*spot] = n;
                }
            }
            let crossings = self.crossings(&below);
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    fn crossings(&self, below: &[Vec<usize>]) -> usize {
        let place = places(&self.rows, self.spots.len());
        let mut count = 0;
        for row in &self.rows {
            let mut lines: Vec<(usize, usize)> = Vec::new();
            for spot in row {
                lines.extend(below[*spot].iter().map(|under| (place[*spot], place[*under])));
            }
            for (n, one) in lines.iter().enumerate() {
                count += lines[..n]
                    .iter()
                    .filter(|other| (one.0 < other.0) != (one.1 < other.1) && one.0 != other.0)
                    .count();
            }
        }
        count
    }
}

fn places(rows: &[Vec<usize>], count: usize) -> Vec<usize> {
    let mut place = vec![0; count];
    for row in rows {
        for (n, spot) in row.iter().enumerate() {
            place[*spot] = n;
        }
    }
    place
}

/// Arrows that lead back to a box on the way to them; an arrow to its own box counts as one, and is not drawn in rows.
fn backward(picture: &Picture) -> Vec<bool> {
    let mut state = vec![0u8; picture.nodes.len()];
    let mut backward = vec![false; picture.arrows.len()];
    let starts_first = (0..picture.nodes.len()).filter(|n| picture.arrows.iter().all(|arrow| arrow.to != *n));
    let all: Vec<usize> = picture.start.into_iter().chain(starts_first).chain(0..picture.nodes.len()).collect();
    for start in all {
        visit(picture, start, &mut state, &mut backward);
    }
    backward
}

fn visit(picture: &Picture, node: usize, state: &mut [u8], backward: &mut [bool]) {
    if state[node] != 0 {
        return;
    }
    state[node] = 1;
    for (n, arrow) in picture.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from == node) {
        match state[arrow.to] {
            0 => visit(picture, arrow.to, state, backward),
            1 => backward[n] = true,
            _ => {}
        }
    }
    state[node] = 2;
}

/// The longest way from a start to each box.
fn depths(picture: &Picture, backward: &[bool]) -> Vec<usize> {
    let mut depth = vec![0; picture.nodes.len()];
    // As many rounds as boxes are enough, because forward arrows make no circle.
    for _ in 0..picture.nodes.len() {
        for (n, arrow) in picture.arrows.iter().enumerate() {
            let (upper, lower) = if backward[n] { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
            if upper != lower {
                depth[lower] = depth[lower].max(depth[upper] + 1);
            }
        }
    }
    depth
}
