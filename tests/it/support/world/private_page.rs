//! The private page as a person uses it: open the link, show the short code if asked, fill the form.

use std::collections::BTreeMap;

use ringback::model::names::OptionKey;
use ringback::model::prompt::PageLink;

use crate::support::world::World;
use crate::support::world::visitor::{Answer, Visitor};

/// The form that this browser has open already, after a directory's refusal for one.
pub async fn form(world: &World, visitor: &mut Visitor) -> Option<Answer> {
    let form = visitor.get(&world.running().router, "/page").await;
    (form.status.is_success() && form.field("form").is_some()).then_some(form)
}

/// Opens the page of a link.
pub async fn open(world: &World, visitor: &mut Visitor, address: &str, link: &PageLink) -> Answer {
    let router = &world.running().router;
    let check = visitor.get(router, address).await;
    assert!(check.status.is_success(), "the link is dead: {}", check.words());
    let code = [("code", link.short_code.as_str())];
    let fields: &[(&str, &str)] = if check.body.contains("name=\"code\"") { &code } else { &[] };
    visitor.post(router, address, fields).await
}

/// Sends a new password.
pub async fn send_password(world: &World, visitor: &mut Visitor, form: &Answer, password: &str, again: &str) -> Answer {
    let nonce = nonce(form);
    let fields = [("form", nonce.as_str()), ("password", password), ("again", again)];
    send(world, visitor, "/page", &fields).await
}

/// Sends answers by the ids of their questions, each in the field that asks it.
pub async fn send_answers(
    world: &World,
    visitor: &mut Visitor,
    form: &Answer,
    answers: &BTreeMap<String, String>,
) -> Answer {
    let nonce = nonce(form);
    let catalogue = &world.tenant.questions.as_ref().expect("the tenant asks questions").catalogue;
    let page = form.words();
    let place = |id: &String| {
        let wordings = &catalogue[&OptionKey::parse(id).unwrap()];
        let asked = wordings.values().find_map(|wording| page.find(wording.as_str()));
        asked.unwrap_or_else(|| panic!("`{id}` is not asked on the page: {page}"))
    };
    let mut asked: Vec<(usize, &String)> = answers.iter().map(|(id, answer)| (place(id), answer)).collect();
    asked.sort_unstable();
    let names: Vec<String> = (0..asked.len()).map(|n| format!("answer-{n}")).collect();
    let mut fields = vec![("form", nonce.as_str())];
    fields.extend(names.iter().map(String::as_str).zip(asked.iter().map(|(_, answer)| answer.as_str())));
    send(world, visitor, "/page", &fields).await
}

/// Gives up on the page.
pub async fn decline(world: &World, visitor: &mut Visitor, form: &Answer) -> Answer {
    let nonce = nonce(form);
    send(world, visitor, "/page/decline", &[("form", nonce.as_str())]).await
}

async fn send(world: &World, visitor: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let posted = visitor.post(&world.running().router, path, fields);
    let answer = world.clock.pass_while(posted).await;
    world.settle().await;
    answer
}

fn nonce(form: &Answer) -> String {
    form.field("form").unwrap_or_else(|| panic!("no form is open: {}", form.words()))
}
