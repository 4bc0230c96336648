//! Which security questions a person is asked: the same ones every time, for decoys as well.

use crate::engine::conversation::Conversation;
use crate::model::names::OptionKey;
use crate::model::peer::Language;
use crate::model::secrets::Answer;
use crate::policy::tenant::Questions;
use crate::ports::registry::RegistryError;
use crate::runtime::shell::Shell;

/// The questions of this conversation's form, in order. A decoy gets some from the catalogue, picked by its name.
pub async fn asked(shell: &Shell, conversation: &Conversation) -> Result<Vec<OptionKey>, RegistryError> {
    let (Some(parts), Some(subject)) = (shell.parts.tenants.get(&conversation.peer.tenant), &conversation.subject)
    else {
        return Ok(Vec::new());
    };
    let Some(questions) = &parts.tenant.questions else { return Ok(Vec::new()) };
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

/// A question in this language, or in any that the tenant has it in.
pub fn wording(questions: &Questions, key: &OptionKey, language: &Language) -> Option<String> {
    let wordings = questions.catalogue.get(key)?;
    wordings.get(language).or_else(|| wordings.values().next()).cloned()
}

/// Another holder of the same answer, wiped like the first: the vault keeps its own until the effect is over.
pub fn copy(answer: &Answer) -> Answer {
    Answer::new(answer.reveal().to_owned())
}
