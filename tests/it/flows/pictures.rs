//! Flows as pictures: what is drawn, and that nothing is drawn over anything else.

use ringback::flow::graph::Picture;
use ringback::flow::load::shipped;
use ringback::flow::set::FlowSet;
use ringback::model::names::FlowId;

#[test]
fn a_flow_as_mermaid() {
    insta::assert_snapshot!(picture("gate_totp").mermaid());
}

#[test]
fn every_state_and_every_way_is_in_the_picture() {
    let set = set();
    for (id, flow) in &set.flows {
        let picture = Picture::of_flow(&set, id).unwrap();
        assert_eq!(picture.nodes.len(), flow.states.len(), "{id}");
        let (mermaid, svg) = (picture.mermaid(), picture.svg());
        for state in flow.states.keys() {
            assert!(mermaid.contains(&format!("<b>{state}</b>")), "{id}: {state}");
            assert!(svg.contains(&format!(">{state}</text>")), "{id}: {state}");
        }
        assert_eq!(mermaid.matches(" -->").count(), picture.arrows.len(), "{id}");
        assert_eq!(svg.matches("<path d=\"M").count() - 1, picture.arrows.len(), "{id}: the arrow head is one more");
        let labelled = picture.arrows.iter().filter(|arrow| !arrow.label.is_empty());
        for label in labelled.flat_map(|arrow| arrow.label.split(", ")) {
            assert!(svg.contains(label), "{id}: {label}");
        }
    }
    let all = Picture::of_set(&set);
    assert_eq!(all.nodes.len(), set.flows.len());
    assert!(all.svg().contains("by telephone"));
}

#[test]
fn nothing_is_drawn_over_anything_else() {
    let set = set();
    for id in set.flows.keys() {
        let svg = Picture::of_flow(&set, id).unwrap().svg();
        let (width, height) = size(&svg);
        let boxes = boxes(&svg);
        assert!(boxes.len() > 3, "{id}");
        for (n, one) in boxes.iter().enumerate() {
            assert!(one.left >= 0.0 && one.top >= 0.0, "{id}: {one:?}");
            assert!(one.left + one.width <= width && one.top + one.height <= height, "{id}: {one:?}");
            for other in &boxes[..n] {
                let apart = one.left + one.width <= other.left + 0.2
                    || other.left + other.width <= one.left + 0.2
                    || one.top + one.height <= other.top
                    || other.top + other.height <= one.top;
                assert!(apart, "{id}: {one:?} and {other:?}");
            }
        }
        assert!(width < 2400.0 && height < 3200.0, "{id}: {width} by {height}");
    }
}

#[test]
fn a_drawing_stands_on_its_own() {
    let svg = picture("reset").svg();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(svg.contains("<title id=\"title\">reset (service, version 3, for reset_password)</title>"));
    for outside in ["<script", "href=", "url(http", "@import", "<image"] {
        assert!(!svg.contains(outside), "{outside}");
    }
    assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count());
}

#[derive(Debug)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Boxes and the grounds of labels; the first rectangle is the sheet.
fn boxes(svg: &str) -> Vec<Area> {
    let rects = svg.split("<rect ").skip(2);
    let area = |text: &str| Area {
        left: number(text, "x=\""),
        top: number(text, "y=\""),
        width: number(text, "width=\""),
        height: number(text, "height=\""),
    };
    rects.map(area).collect()
}

fn size(svg: &str) -> (f64, f64) {
    (number(svg, " width=\""), number(svg, " height=\""))
}

fn number(text: &str, before: &str) -> f64 {
    let rest = &text[text.find(before).unwrap() + before.len()..];
    rest[..rest.find('"').unwrap()].parse().unwrap()
}

fn picture(flow: &str) -> Picture {
    Picture::of_flow(&set(), &FlowId::parse(flow).unwrap()).unwrap()
}

fn set() -> FlowSet {
    FlowSet::load(&shipped(), None).unwrap_or_else(|findings| panic!("{findings:?}"))
}
