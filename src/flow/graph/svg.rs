//! A picture as SVG: no script, no outside font, readable by a screen reader as a list of boxes and arrows.

use std::fmt::Write;

use crate::flow::graph::layout::{BOX_HEIGHT, Layout, lay_out};
use crate::flow::graph::{Look, Picture};

/// Fill and line of a box; text on each fill has a contrast of at least 12:1.
pub fn colours(look: Look) -> (&'static str, &'static str) {
    match look {
        Look::Start => ("#dce8ff", "#1f4fb5"),
        Look::Say => ("#f4f6fb", "#8b93a7"),
        Look::Question => ("#fff6d6", "#a37b00"),
        Look::Effect => ("#ffffff", "#4c5468"),
        Look::Privileged => ("#ffe1e1", "#b3261e"),
        Look::Gates => ("#dcf5e3", "#1c7a3d"),
        Look::Call => ("#e6f3fb", "#2b7ea8"),
        Look::Page => ("#f0e6ff", "#6b3fb5"),
        Look::Wait => ("#ffeede", "#b35c00"),
        Look::End => ("#e4e6eb", "#4c5468"),
    }
}

pub fn draw(picture: &Picture) -> String {
    let layout = lay_out(picture);
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title\" font-family=\"ui-monospace, 'DejaVu Sans Mono', \
         Consolas, monospace\" font-size=\"12\">\n<title id=\"title\">{0}</title>\n<defs><marker id=\"head\" \
         viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 \
         0 8 4 0 8z\" fill=\"#4c5468\"/></marker></defs>\n<rect width=\"{width}\" height=\"{height}\" \
         fill=\"#ffffff\"/>\n<text x=\"24\" y=\"26\" font-size=\"15\" font-weight=\"bold\" fill=\"#1b1b1f\">{0}</text>\n",
        escape(&picture.title)
    );
    arrows(picture, &layout, &mut out);
    boxes(picture, &layout, &mut out);
    labels(picture, &layout, &mut out);
    out.push_str("</svg>\n");
    out
}

fn arrows(picture: &Picture, layout: &Layout, out: &mut String) {
    for (arrow, (points, _)) in picture.arrows.iter().zip(&layout.arrows) {
        let (from, to) = (&picture.nodes[arrow.from].name, &picture.nodes[arrow.to].name);
        let _ = writeln!(
            out,
            "<path d=\"{}\" fill=\"none\" stroke=\"#4c5468\" stroke-width=\"1.2\" marker-end=\"url(#head)\"><title>{} → {}</title></path>",
            curve(points),
            escape(from),
            escape(to)
        );
    }
}

/// A smooth line that leaves and enters each row upright.
fn curve(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (n, (x, y)) in points.iter().enumerate() {
        match n.checked_sub(1).map(|before| points[before]) {
            None => {
                let _ = write!(path, "M{x:.1} {y:.1}");
            }
            Some((from_x, _)) if (from_x - x).abs() < 0.5 => {
                let _ = write!(path, " L{x:.1} {y:.1}");
            }
            Some((from_x, from_y)) => {
                let middle = (from_y + y) / 2.0;
                let _ = write!(path, " C{from_x:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}");
            }
        }
    }
    path
}

fn boxes(picture: &Picture, layout: &Layout, out: &mut String) {
    for (node, area) in picture.nodes.iter().zip(&layout.boxes) {
        let (fill, line) = colours(node.look);
        let round = if matches!(node.look, Look::Start | Look::End) { BOX_HEIGHT / 2.0 } else { 5.0 };
        let thick = if node.look == Look::Privileged { 2.5 } else { 1.2 };
        let _ = writeln!(
            out,
            "<g><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BOX_HEIGHT}\" rx=\"{round}\" fill=\"{fill}\" \
             stroke=\"{line}\" stroke-width=\"{thick}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" \
             font-weight=\"bold\" fill=\"#1b1b1f\">{}</text><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" \
             fill=\"#3c4150\" font-size=\"11\">{}</text></g>",
            area.x - area.width / 2.0,
            area.y - BOX_HEIGHT / 2.0,
            area.width,
            area.x,
            area.y - 3.5,
            escape(&node.name),
            area.x,
            area.y + 11.5,
            escape(&node.does)
        );
    }
}

fn labels(picture: &Picture, layout: &Layout, out: &mut String) {
    for (arrow, (_, area)) in picture.arrows.iter().zip(&layout.arrows) {
        let Some(area) = area else { continue };
        let _ = writeln!(
            out,
            "<g><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"16\" rx=\"3\" fill=\"#ffffff\"/><text x=\"{:.1}\" \
             y=\"{:.1}\" text-anchor=\"middle\" fill=\"#1f4fb5\" font-size=\"11\">{}</text></g>",
            area.x - area.width / 2.0,
            area.y - 8.0,
            area.width,
            area.x,
            area.y + 4.0,
            escape(&arrow.label)
        );
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
