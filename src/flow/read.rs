//! From the text of script files to types; the only module that knows the YAML parser.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Options};

use crate::flow::finding::{Finding, Lint, SourceFile};
use crate::flow::script::place::Place;
use crate::flow::script::{FlowScript, GlobalsScript, NodeScript};
use crate::model::names::{FlowId, StateId};

/// The file that holds what is common to all flows.
pub const GLOBALS: &str = "_globals.yaml";

/// Longest accepted file in bytes; the longest shipped one has 6 thousand.
const MAX_FILE: usize = 128 * 1024;

/// All scripts of a set, parsed, with their sources for excerpts.
#[derive(Default)]
pub struct Scripts {
    pub files: Vec<SourceFile>,
    /// Index into `files`, and the script.
    pub globals: Option<(usize, GlobalsScript)>,
    pub flows: Vec<PlacedFlow>,
    /// Flows whose document did not parse; nothing is concluded from their absence.
    pub broken: Vec<String>,
}

/// A flow and the file that it stands in.
pub struct PlacedFlow {
    pub file: usize,
    pub script: FlowScript,
}

impl Scripts {
    /// Parses every document of every file. Faults of one document do not hide those of another.
    pub fn read(files: &[(String, String)], findings: &mut Vec<Finding>) -> Self {
        let mut scripts = Self::default();
        for (name, text) in files {
            scripts.files.push(SourceFile { name: name.clone(), text: text.clone() });
        }
        for index in 0..scripts.files.len() {
            scripts.read_file(index, findings);
        }
        scripts.flows.sort_by(|a, b| a.script.flow.value.cmp(&b.script.flow.value));
        scripts
    }

    pub fn flow(&self, id: &FlowId) -> Option<&PlacedFlow> {
        self.flows.iter().find(|flow| flow.script.flow.value == *id)
    }

    /// Whether a flow of this name was written down, readable or not.
    pub fn mentions(&self, id: &FlowId) -> bool {
        self.flow(id).is_some() || self.broken.iter().any(|name| name == id.as_str())
    }

    /// A finding about a flow.
    pub fn finding(&self, flow: &PlacedFlow, lint: Lint, place: Place, message: String, advice: String) -> Finding {
        self.files[flow.file].finding(lint, place, message, advice)
    }

    fn read_file(&mut self, index: usize, findings: &mut Vec<Finding>) {
        let file = self.files[index].clone();
        if file.text.len() > MAX_FILE {
            let message = format!("the file has {} bytes; {MAX_FILE} are accepted", file.text.len());
            findings.push(file.finding(Lint::L01, Place { line: 1, column: 1 }, message, "Split it.".into()));
            return;
        }
        for document in documents(&file.text) {
            if file.name == GLOBALS {
                match parse::<GlobalsScript>(&document) {
                    Ok(globals) if self.globals.is_none() => self.globals = Some((index, globals)),
                    Ok(_) => findings.push(second_globals(&file, &document)),
                    Err(error) => {
                        self.broken.push(GLOBALS.to_owned());
                        findings.push(unreadable(&file, &document, &error));
                    }
                }
                continue;
            }
            match parse::<FlowScript>(&document) {
                Ok(script) => self.add(index, script, findings),
                Err(error) => {
                    self.broken.extend(name_of(&document));
                    findings.push(unreadable(&file, &document, &error));
                }
            }
        }
    }

    fn add(&mut self, file: usize, script: FlowScript, findings: &mut Vec<Finding>) {
        if let Some(earlier) = self.flow(&script.flow) {
            let message = format!("there are two flows named `{}`", *script.flow);
            let where_else = &self.files[earlier.file].name;
            let advice = format!("The other one stands in {where_else}, line {}.", earlier.script.flow.place.line);
            findings.push(self.files[file].finding(Lint::L01, script.flow.place, message, advice));
            return;
        }
        self.flows.push(PlacedFlow { file, script });
    }
}

impl PlacedFlow {
    pub fn state(&self, id: &StateId) -> Option<&NodeScript> {
        self.script.states.get(id)
    }
}

/// The documents of a file, each padded with the empty lines before it so that its places are those of the file.
fn documents(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for (n, line) in text.lines().enumerate() {
        if line == "---" {
            documents.push("\n".repeat(n + 1));
        } else if let Some(document) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    let says_something = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    documents.retain(|document| document.lines().any(says_something));
    documents
}

fn parse<T: DeserializeOwned>(document: &str) -> Result<T, Error> {
    serde_saphyr::from_str_with_options(document, options())
}

/// Nothing that a script needs: no aliases, no merge keys, no tags, no YAML 1.1 booleans, small budgets.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 20_000,
            max_events: 60_000,
            max_depth: 24,
            max_documents: 1,
            max_anchors: 0,
            max_aliases: 0,
            max_merge_keys: 0,
            max_total_scalar_bytes: MAX_FILE,
        },
        strict_booleans: true,
        strict_indentation: true,
        reject_unsupported_tags: true,
        merge_keys: serde_saphyr::options::MergeKeyPolicy::Error,
        with_snippet: false,
    }
}

fn unreadable(file: &SourceFile, document: &str, error: &Error) -> Finding {
    let first = document.lines().position(|line| !line.trim().is_empty()).unwrap_or(0) + 1;
    let place = match error.location() {
        Some(at) if at.line() > 0 => Place {
            line: usize::try_from(at.line()).unwrap_or(first),
            column: usize::try_from(at.column()).unwrap_or(1),
        },
        _ => Place { line: first, column: 1 },
    };
    let text = error.without_snippet().to_string();
    let said = text.split(" at line ").next().unwrap_or(&text).lines().next().unwrap_or_default();
    let message = plain_words(said);
    let advice = "The rest of this document is checked once it can be read; docs/flows.md shows every node.";
    file.finding(Lint::L01, place, message, advice.into())
}

/// What the parser says, for people who write scripts and no Rust.
fn plain_words(said: &str) -> String {
    const WORDS: [(&str, &str); 12] = [
        ("expected mapping start", "`key: value` pairs are expected here"),
        ("expected sequence start", "a list is expected here, such as `[a, b]`"),
        ("expected string scalar", "one name is expected here"),
        ("unknown variant `~`", "nothing stands here; one node is expected: `say:`, `ask:`, `choose:`, .."),
        ("expected string key for externally tagged enum", "one node is expected here: `say:`, `ask:`, `choose:`, .."),
        ("externally tagged enum expected", "one node is expected here: `say:`, `ask:`, `choose:`, .."),
        ("expected end of mapping after enum variant", "a state is one node; this is a second one"),
        ("cannot deserialize null into string", "nothing stands here; a name is expected"),
        ("invalid char", "one character is expected here"),
        ("budget breached: Anchors", "anchors and aliases (`&name`, `*name`) are not accepted in scripts"),
        ("budget breached", "this is larger than a script can be"),
        ("YAML merge keys", "merge keys (`<<`) are not accepted in scripts"),
    ];
    if let Some(rest) = said.strip_prefix("duplicate mapping key: ") {
        return format!("`{}` is written twice", rest.split(',').next().unwrap_or(rest));
    }
    if let Some(kind) = said.strip_prefix("invalid u") {
        let most = if kind == "8" { "255" } else { "65535" };
        return format!("a whole number from 0 to {most} is expected here");
    }
    WORDS.iter().find(|(start, _)| said.starts_with(start)).map_or(said, |(_, words)| words).to_owned()
}

fn second_globals(file: &SourceFile, document: &str) -> Finding {
    let line = document.lines().position(|line| !line.trim().is_empty()).unwrap_or(0) + 1;
    let message = "a second document with globals".to_owned();
    file.finding(Lint::L01, Place { line, column: 1 }, message, "Keep one.".into())
}

/// The name of a flow whose document did not parse.
fn name_of(document: &str) -> Option<String> {
    let line = document.lines().find_map(|line| line.strip_prefix("flow:"))?;
    Some(line.split('#').next().unwrap_or_default().trim().to_owned())
}
