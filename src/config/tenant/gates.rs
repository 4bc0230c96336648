//! The sections `gates` and `questions` of a tenant's file: how many gates, which methods, which questions.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::reader::Section;
use crate::model::method::{Family, Method};
use crate::model::names::OptionKey;
use crate::model::peer::Language;
use crate::policy::gates::Distinct;
use crate::policy::tenant::Questions;

/// The part of a tenant that says how people verify.
pub struct Gates {
    pub needed: u8,
    pub distinct: Distinct,
    pub methods: Vec<Method>,
    pub decoy_mix: BTreeMap<Method, u8>,
    pub questions: Option<Questions>,
}

/// Reads both sections; `languages` are those that every question must be worded in.
pub fn read(file: &mut Section<'_>, languages: &[Language]) -> Gates {
    let mut section = file.section("gates");
    let needed = u8::try_from(section.number("needed", 1..=2, 2)).unwrap_or(2);
    let distinct =
        section.optional_parsed("distinct", "Write \"family\" or \"target\".", distinct).unwrap_or(Distinct::Family);
    let known = Method::ALL.map(Method::name).join(", ");
    let methods = section.list("methods", &format!("Write some of {known}."), method);
    let mut decoy_mix: BTreeMap<Method, u8> = methods.iter().map(|method| (*method, usual_share(*method))).collect();
    shares(&mut section.section("decoy_mix"), &mut decoy_mix);
    let unique: BTreeSet<&Method> = methods.iter().collect();
    if unique.len() < methods.len() {
        section.fault("methods", "names a method twice", "Name each once; their order is that of the menu.");
    }
    if !section.has("methods") {
        section.missing("methods", &format!("Write methods = [..] with some of {known}."));
    } else if !satisfiable(needed, distinct, &unique) {
        let what = format!("{needed} gate(s) cannot be passed with these methods alone");
        section.fault("methods", what, "Add a method of another family; questions never suffice alone.");
    }
    let questions = questions(file.section("questions"), languages);
    let asked = unique.contains(&Method::Questions);
    match (&questions, asked) {
        (Some(_), false) => {
            section.fault("methods", "leaves out questions", "Add \"questions\" or delete [questions].")
        }
        (None, true) => section.fault("methods", "names questions that are nowhere", "Add a section [questions]."),
        (Some(_), true) | (None, false) => {}
    }
    section.close();
    Gates { needed, distinct, methods, decoy_mix, questions }
}

/// Whether an account with every method could pass: one gate besides questions, or two that count as two.
pub fn satisfiable(needed: u8, distinct: Distinct, methods: &BTreeSet<&Method>) -> bool {
    let families: BTreeSet<Family> = methods.iter().map(|method| method.family()).collect();
    let strong = families.iter().any(|family| *family != Family::Knowledge);
    match (needed, distinct) {
        (0 | 1, _) => strong,
        (_, Distinct::Family) => strong && families.len() >= 2,
        // Text and call to a mobile reach one target.
        (_, Distinct::Target) => {
            let mobile = methods.contains(&Method::Sms) && methods.contains(&Method::CallMobile);
            strong && methods.len() - usize::from(mobile) >= 2
        }
    }
}

fn shares(section: &mut Section<'_>, mix: &mut BTreeMap<Method, u8>) {
    for method in Method::ALL {
        if let Some(share) = mix.get_mut(&method) {
            let percent = section.number(method.name(), 0..=100, u32::from(*share));
            *share = u8::try_from(percent).unwrap_or(100);
        }
    }
    for (name, _) in section.names() {
        if !mix.keys().any(|method| method.name() == name) {
            section.fault(&name, "is not one of this tenant's methods", "Delete it.");
        }
    }
}

/// Rough shares of accounts that have a method registered, in percent, until the tenant counts its own. A mobile takes
/// texts and calls alike, so both have one share.
fn usual_share(method: Method) -> u8 {
    match method {
        Method::Email => 84,
        Method::Sms | Method::CallMobile => 90,
        Method::CallOffice => 16,
        Method::Push => 23,
        Method::Totp => 35,
        Method::Questions => 50,
    }
}

fn questions(mut section: Section<'_>, languages: &[Language]) -> Option<Questions> {
    if !section.is_there() {
        return None;
    }
    let asked = u8::try_from(section.number("asked", 1..=5, 3)).unwrap_or(3);
    let mut catalogue = BTreeMap::new();
    for (id, words) in section.named_sections("catalogue") {
        let wordings = wordings(words, languages);
        match OptionKey::parse(&id) {
            Ok(key) => {
                catalogue.insert(key, wordings);
            }
            Err(error) => section.fault("catalogue", error.to_string(), "Name it like first-school."),
        }
    }
    if catalogue.len() < usize::from(asked) {
        let what = format!("asks {asked} questions and words {}", catalogue.len());
        section.fault("asked", what, "Add [questions.catalogue.<id>] sections or ask fewer.");
    }
    let mut by_telephone: BTreeSet<OptionKey> = BTreeSet::new();
    let known = |id: &str| match OptionKey::parse(id) {
        Ok(key) if catalogue.contains_key(&key) => Ok(key),
        _ => Err("is no question of the catalogue"),
    };
    by_telephone.extend(section.list("by_telephone", "Name questions whose answers are digits alone.", known));
    if !by_telephone.is_empty() && by_telephone.len() < usize::from(asked) {
        let what = format!("asks {asked} questions and allows {} by telephone", by_telephone.len());
        section.fault("by_telephone", what, "Allow more of them, or none.");
    }
    section.close();
    Some(Questions { asked, catalogue, by_telephone })
}

fn wordings(section: Section<'_>, languages: &[Language]) -> BTreeMap<Language, String> {
    let mut wordings = BTreeMap::new();
    for (tag, value) in section.names() {
        match (languages.iter().find(|language| language.tag() == tag), value.as_str()) {
            (Some(language), Some(text)) if !text.trim().is_empty() => {
                wordings.insert(language.clone(), text.to_owned());
            }
            (Some(_), _) => section.fault(&tag, "has no words", "Write the question in quotes."),
            (None, _) => section.fault(&tag, "is not one of this tenant's languages", "Delete it."),
        }
    }
    for language in languages.iter().filter(|language| !section.has(language.tag())) {
        section.missing(language.tag(), "Word the question in every language of the tenant.");
    }
    wordings
}

fn distinct(text: &str) -> Result<Distinct, &'static str> {
    match text {
        "family" => Ok(Distinct::Family),
        "target" => Ok(Distinct::Target),
        _ => Err("not a way of counting"),
    }
}

fn method(text: &str) -> Result<Method, &'static str> {
    Method::ALL.into_iter().find(|method| method.name() == text).ok_or("not a method")
}
