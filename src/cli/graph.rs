//! `ringback graph`: a flow as a picture.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::fault::{Exit, Fault};
use crate::config::files;
use crate::flow::graph::Picture;
use crate::flow::set::FlowSet;
use crate::model::names::FlowId;

/// Draw a flow, or which flow runs which.
#[derive(Args)]
pub struct Graph {
    /// The flow to draw; without it, all flows and their calls.
    flow: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    /// Folder of flow scripts, instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    flows: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text that Markdown viewers draw.
    Mermaid,
    /// A drawing that every browser shows.
    Svg,
}

pub fn run(graph: &Graph) -> anyhow::Result<Exit> {
    let scripts = files::flows(graph.flows.as_deref()).map_err(|error| {
        Fault::new(Exit::Unavailable, format!("the flows cannot be read: {error}"), "name a folder that is there")
    })?;
    let set = FlowSet::load(&scripts, None).map_err(|findings| {
        let first = findings.first().map_or(String::new(), ToString::to_string);
        Fault::new(Exit::Findings, format!("the flows have faults\n{first}"), "run `ringback check` and mend them")
    })?;
    let picture = match &graph.flow {
        None => Picture::of_set(&set),
        Some(name) => FlowId::parse(name).ok().and_then(|id| Picture::of_flow(&set, &id)).ok_or_else(|| {
            let names: Vec<&str> = set.flows.keys().map(|id| id.as_str()).collect();
            Fault::new(Exit::Usage, format!("there is no flow `{name}`"), format!("name one of: {}", names.join(", ")))
        })?,
    };
    match graph.format {
        Format::Mermaid => print!("{}", picture.mermaid()),
        Format::Svg => print!("{}", picture.svg()),
    }
    Ok(Exit::Ok)
}
