//! Makes a temporary password for somebody on the telephone, and the words in which it is read out. All of it stays in
//! the vault: no record, message or log holds any part.

use crate::engine::event::EffectResult;
use crate::engine::spoken::{WHOLE, part_of, spelled};
use crate::flow::effect::Outcome;
use crate::model::ids::VaultKey;
use crate::model::peer::Language;
use crate::model::secrets::{Password, Secret};
use crate::model::time::Seconds;
use crate::runtime::pages::names;
use crate::runtime::perform::Wish;
use crate::runtime::perform::account::{away, may_be_served};
use crate::text::catalog::Catalog;
use crate::verify::words::{self, Made};

/// Long enough to be read twice and written down; it is void when the call ends.
const LIFE: Seconds = Seconds::minutes(10);
/// Tries until one keeps all rules; words that hold a part of the person's name are rare.
const TRIES: usize = 20;

pub async fn make(wish: &Wish<'_>, phrase: VaultKey) -> EffectResult {
    let unavailable = EffectResult::Plain(Outcome::Unavailable);
    let Some(id) = wish.conversation.account() else { return unavailable };
    let tenant = &wish.tenant.tenant;
    let account = match wish.tenant.directory.read(id).await {
        Ok(account) => account.filter(may_be_served),
        Err(error) => {
            away(&tenant.id, &error);
            None
        }
    };
    let Some(account) = account else { return unavailable };
    let parts = &wish.shell.parts;
    let language = &wish.conversation.language;
    let names = names(&account);
    let kept = |made: &Made| tenant.password.judge(&made.password, &names).iter().all(|verdict| verdict.kept);
    let mut drawn = (0..TRIES).map_while(|_| words::make(language, &tenant.password, &parts.entropy.draw()));
    let Some(made) = drawn.find(kept) else {
        tracing::error!(tenant = %tenant.id, "no temporary password keeps the rules of this institution");
        return unavailable;
    };
    let confirm = parts.keys.code.tag(&[&phrase.0, made.digits.as_bytes()]);
    let n_words = u8::try_from(made.words.len()).unwrap_or(u8::MAX);
    let expires = wish.shell.now() + LIFE;
    for (part, text) in spoken(&parts.catalog, language, &made) {
        wish.shell.vault.put(part_of(phrase, part), Secret::Spoken(Password::new(text)), expires);
    }
    wish.shell.vault.put(phrase, Secret::Temporary(made.password), expires);
    EffectResult::Phrase { confirm, words: n_words }
}

/// Every part in the words in which it is said.
fn spoken(catalog: &Catalog, language: &Language, made: &Made) -> Vec<(u8, String)> {
    let digits = made.digits.chars().map(|digit| catalog.words().spoken_digit(language, digit));
    let digits = digits.collect::<Vec<_>>().join(", ");
    let mut parts = vec![(WHOLE, format!("{}; {digits}", made.words.join("; ")))];
    for (part, word) in (1..).zip(&made.words) {
        let letters = word.chars().map(|letter| catalog.text(language, &format!("voice-letter-{letter}"), &[]));
        parts.push((spelled(part), letters.collect::<Vec<_>>().join(", ")));
        parts.push((part, (*word).to_owned()));
    }
    parts.push((u8::try_from(made.words.len() + 1).unwrap_or(u8::MAX), digits));
    parts
}
