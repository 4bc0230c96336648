//! Which security questions a person is asked: the same ones every time, for decoys as well.

use crate::engine::conversation::Conversation;
use crate::engine::event::EffectResult;
use crate::engine::spoken::part_of;
use crate::flow::effect::Outcome;
use crate::model::ids::VaultKey;
use crate::model::names::OptionKey;
use crate::model::peer::Surface;
use crate::model::secrets::{Answer, Secret};
use crate::policy::tenant::Questions;
use crate::ports::registry::RegistryError;
use crate::runtime::perform::Wish;
use crate::runtime::shell::Shell;

/// The questions of this conversation's form, in order. A decoy gets some from the catalogue, picked by its name.
pub async fn asked(shell: &Shell, conversation: &Conversation) -> Result<Vec<OptionKey>, RegistryError> {
    let (Some(parts), Some(subject)) = (shell.parts.tenants.get(&conversation.peer.tenant), &conversation.subject)
    else {
        return Ok(Vec::new());
    };
    let questions = match conversation.surface {
        Surface::Voice => parts.tenant.questions.as_ref().and_then(Questions::by_ear),
        Surface::Chat | Surface::Group => parts.tenant.questions.clone(),
    };
    let Some(questions) = questions else { return Ok(Vec::new()) };
    let mut keys: Vec<OptionKey> = match &subject.account {
        Some(account) => shell.parts.registry.enrolment(&parts.tenant.id, account).await?.questions,
        None => questions.catalogue.keys().cloned().collect(),
    };
    keys.retain(|key| questions.catalogue.contains_key(key));
    let order = |key: &OptionKey| {
        shell.parts.keys.decoy.tag(&[b"question", subject.limit_key.as_bytes(), key.as_str().as_bytes()])
    };
    keys.sort_by_key(order);
    keys.truncate(usize::from(questions.asked));
    Ok(keys)
}

/// The same, for a caller who keys the answers in.
pub async fn pick(wish: &Wish<'_>) -> EffectResult {
    match asked(wish.shell, wish.conversation).await {
        Ok(asked) => EffectResult::Questions { asked },
        Err(error) => {
            tracing::warn!(conversation = %wish.conversation.id, %error, "the questions of a caller are not known");
            EffectResult::Plain(Outcome::Unavailable)
        }
    }
}

/// What was answered: on a page all at once, on a telephone one after the other.
pub fn given(shell: &Shell, secret: VaultKey, asked: usize) -> Option<Vec<Answer>> {
    let now = shell.now();
    let at = |key: VaultKey| match shell.vault.get(key, now)?.as_ref() {
        Secret::Answers(answers) => Some(answers.iter().map(copy).collect::<Vec<_>>()),
        _ => None,
    };
    let keyed = || {
        let parts = (1..=u8::try_from(asked).ok()?).map(|part| part_of(secret, part));
        let answers = parts.clone().map(at).collect::<Option<Vec<_>>>()?;
        parts.for_each(|part| shell.vault.remove(part));
        Some(answers.into_iter().flatten().collect())
    };
    at(secret).or_else(keyed)
}

/// Another holder of the same answer, wiped like the first: the vault keeps its own until the effect is over.
pub fn copy(answer: &Answer) -> Answer {
    Answer::new(answer.reveal().to_owned())
}
