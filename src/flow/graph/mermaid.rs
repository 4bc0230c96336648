//! A picture as Mermaid text.

use std::fmt::Write;

use crate::flow::graph::{Look, Picture};

pub fn draw(picture: &Picture) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", picture.title);
    for (n, node) in picture.nodes.iter().enumerate() {
        let (open, close) = shape(node.look);
        let _ = writeln!(out, "    n{n}{open}\"<b>{}</b><br>{}\"{close}:::{}", node.name, node.does, class(node.look));
    }
    for arrow in &picture.arrows {
        let label = if arrow.label.is_empty() { String::new() } else { format!("|{}|", arrow.label) };
        let _ = writeln!(out, "    n{} -->{label} n{}", arrow.from, arrow.to);
    }
    for look in [
        Look::Start,
        Look::Say,
        Look::Question,
        Look::Effect,
        Look::Privileged,
        Look::Gates,
        Look::Call,
        Look::Page,
        Look::Wait,
        Look::End,
    ] {
        let (fill, line) = super::svg::colours(look);
        let _ = writeln!(out, "    classDef {} fill:{fill},stroke:{line},color:#1b1b1f", class(look));
    }
    out
}

fn shape(look: Look) -> (&'static str, &'static str) {
    match look {
        Look::Start | Look::End => ("([", "])"),
        Look::Question => ("{{", "}}"),
        Look::Call => ("[[", "]]"),
        Look::Say | Look::Effect | Look::Privileged | Look::Gates | Look::Page | Look::Wait => ("[", "]"),
    }
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Start => "start",
        Look::Say => "say",
        Look::Question => "question",
        Look::Effect => "effect",
        Look::Privileged => "privileged",
        Look::Gates => "gates",
        Look::Call => "call",
        Look::Page => "page",
        Look::Wait => "wait",
        Look::End => "finish",
    }
}
