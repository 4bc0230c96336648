//! Walks TwiML by the rules of its reference: which verb stands where, what it is told, how much fits, one gather and last.

use roxmltree::{Document, Node};

/// Verbs, whether they may stand in a gather, and what they may be told.
const VERBS: [(&str, bool, &[&str]); 9] = [
    ("prosody", false, &["rate"]),
    ("Say", true, &["language", "voice"]),
    ("Play", true, &["digits"]),
    ("Pause", true, &["length"]),
    ("Gather", false, &["input", "numDigits", "finishOnKey", "timeout", "action", "method"]),
    ("Redirect", false, &["method"]),
    ("Dial", false, &["timeout", "action", "method", "callerId"]),
    ("Number", false, &["sendDigits", "url"]),
    ("Hangup", false, &[]),
];
const LONGEST_SAY: usize = 4_096;
const LONGEST: usize = 64 * 1024;

/// # Errors
/// What is against the rules, and where.
pub fn walk(xml: &str) -> Result<(), String> {
    let tree = Document::parse(xml).map_err(|error| format!("{error}: {xml}"))?;
    let fault = |why: String| Err(format!("{why}: {xml}"));
    if xml.len() > LONGEST || tree.root_element().tag_name().name() != "Response" {
        return fault("no Response of at most 64 KB".to_owned());
    }
    let verbs: Vec<Node<'_, '_>> = tree.root_element().children().collect();
    for verb in &verbs {
        look(verb, None).or_else(fault)?;
    }
    let name = |node: &Node<'_, '_>| node.tag_name().name().to_owned();
    let ends = |verb: &&Node<'_, '_>| matches!(&*name(verb), "Gather" | "Redirect" | "Dial" | "Hangup");
    let ends: Vec<String> = verbs.iter().skip_while(|verb| !ends(verb)).map(name).collect();
    match ends.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["Gather", "Redirect"] | ["Redirect"] | ["Dial"] | ["Hangup"] => Ok(()),
        _ => fault(format!("it ends with {ends:?}")),
    }
}

fn look(verb: &Node<'_, '_>, inside: Option<&str>) -> Result<(), String> {
    let name = verb.tag_name().name();
    let Some((_, nests, known)) = VERBS.iter().find(|(known, ..)| *known == name) else {
        return Err(format!("no verb `{name}`"));
    };
    let placed = match inside {
        None => !matches!(name, "Number" | "prosody"),
        Some("Say") => name == "prosody",
        Some("Gather") => *nests,
        Some("Dial") => name == "Number",
        Some(_) => false,
    };
    if !placed {
        return Err(format!("`{name}` inside {inside:?}"));
    }
    if let Some(odd) = verb.attributes().find(|attribute| !known.contains(&attribute.name())) {
        return Err(format!("`{name}` knows no `{}`", odd.name()));
    }
    let slow = verb.children().find(|inner| inner.tag_name().name() == "prosody").filter(|_| name == "Say");
    let text = slow.unwrap_or(*verb).text().unwrap_or_default();
    let number = |name: &str| verb.attribute(name).map_or(Some(1), |value| value.parse::<u32>().ok());
    let whole = ["length", "timeout", "numDigits"].iter().all(|name| number(name).is_some_and(|value| value > 0));
    let https = |address: &str| address.starts_with("https://") || address.starts_with("http://127.0.0.1");
    let fine = match name {
        "Say" => (1..=LONGEST_SAY).contains(&text.len()) && verb.attribute("language").is_some(),
        "Redirect" => https(text),
        "Gather" => verb.attribute("action").is_some_and(https) && verb.attribute("input") == Some("dtmf"),
        "Number" => text.starts_with('+') && verb.attribute("url").is_none_or(https),
        "Dial" => verb.children().count() == 1 && verb.attribute("action").is_some_and(https),
        _ => true,
    };
    if !(whole && fine) {
        return Err(format!("`{name}` {:?} `{text}`", verb.attributes().collect::<Vec<_>>()));
    }
    match name {
        "Gather" | "Dial" => verb.children().try_for_each(|inner| look(&inner, Some(name))),
        "Say" => verb.children().filter(Node::is_element).try_for_each(|inner| look(&inner, Some(name))),
        _ if verb.children().any(|inner| inner.is_element()) => Err(format!("something stands in a `{name}`")),
        _ => Ok(()),
    }
}

#[test]
fn every_prompt_of_every_language_is_twiml() {
    use super::everything::documents;
    use ringback::channels::voice::provider::Provider;
    let documents = documents(Provider::Twilio);
    for (name, document) in &documents {
        walk(&Provider::Twilio.render(document)).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    println!("{} documents walked", documents.len());
}

#[test]
fn what_is_against_the_rules_is_seen() {
    let gather = "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"7\" action=\"https://h.example/\" method=\"POST\"/>";
    let redirect = "<Redirect method=\"POST\">https://h.example/</Redirect>";
    walk(&format!("<Response>{gather}{redirect}</Response>")).unwrap();
    let wrong = [
        format!("<Response>{gather}{gather}{redirect}</Response>"),
        format!("<Response>{gather}<Say language=\"en\">x</Say></Response>"),
        format!("<Response>{gather}</Response>"),
        "<Response><Gather input=\"dtmf\" action=\"https://h.example/\"><Dial/></Gather></Response>".to_owned(),
        "<Response><Say language=\"en\">a<Hangup/></Say></Response>".to_owned(),
        "<Response><Say language=\"en\" speed=\"2\">a</Say></Response>".to_owned(),
        "<Response><Say language=\"en\">a & b</Say></Response>".to_owned(),
        format!("<Response><Say language=\"en\">{}</Say></Response>", "a".repeat(LONGEST_SAY + 1)),
        "<Response><Pause length=\"0\"/></Response>".to_owned(),
        "<Response><Dial><Number>desk</Number></Dial></Response>".to_owned(),
        "<Response><Record/></Response>".to_owned(),
    ];
    for xml in wrong {
        assert!(walk(&xml).is_err(), "{xml}");
    }
}
