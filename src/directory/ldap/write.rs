//! The two writes: a new password (RFC 3062) and the end of a lock; and what the server's answers mean.

use std::collections::HashSet;

use ldap3::exop::PasswordModify;
use ldap3::{Ldap, LdapResult, Mod};

use crate::directory::ldap::account::{LOCKED, RESET};
use crate::directory::ldap::connection::{SEARCH_LIMIT, SET_LIMIT, Trouble, asked, code};
use crate::directory::ldap::ppolicy::{self, PolicyError};
use crate::ports::directory::{Refusal, SetOutcome, UnlockOutcome};

/// Asks the server once to set the password. It hashes it; a hash of ours would escape its rules.
pub async fn set(ldap: &mut Ldap, dn: &str, password: &str) -> SetOutcome {
    let wish = PasswordModify { user_id: Some(dn), old_pass: None, new_pass: Some(password) };
    ldap.with_controls(ppolicy::request());
    match asked(SET_LIMIT, ldap.extended(wish)).await {
        Ok(answer) => set_outcome(&answer.1),
        Err(Trouble::NotSent(_)) => SetOutcome::Unavailable,
        Err(Trouble::NoAnswer(_) | Trouble::Refused { .. }) => SetOutcome::Unknown,
    }
}

/// Removes the lock. By *delete*: OpenLDAP then forgets the failures, too. After a *replace* with nothing, which it also
/// takes, it keeps them, and the next slip locks the account again.
pub async fn unlock(ldap: &mut Ldap, dn: &str) -> UnlockOutcome {
    match modify(ldap, dn, Mod::Delete(LOCKED, HashSet::new())).await {
        Ok(()) => UnlockOutcome::Done,
        Err(Trouble::Refused { code, .. }) => match code {
            code::NO_SUCH_ATTRIBUTE => UnlockOutcome::NotLocked,
            code::NO_SUCH_OBJECT => UnlockOutcome::Gone,
            code::BUSY | code::UNAVAILABLE => UnlockOutcome::Unavailable,
            _ => UnlockOutcome::NotPermitted,
        },
        Err(Trouble::NotSent(_)) => UnlockOutcome::Unavailable,
        Err(Trouble::NoAnswer(_)) => UnlockOutcome::Unknown,
    }
}

/// Says whether the password must be changed at the next sign-in.
pub async fn must_change(ldap: &mut Ldap, dn: &str, yes: bool) -> Result<(), Trouble> {
    modify(ldap, dn, Mod::Replace(RESET, HashSet::from([if yes { "TRUE" } else { "FALSE" }]))).await
}

async fn modify(ldap: &mut Ldap, dn: &str, change: Mod<&str>) -> Result<(), Trouble> {
    ldap.with_controls(ppolicy::request());
    let answer = asked(SEARCH_LIMIT, ldap.modify(dn, vec![change])).await?;
    match answer.rc {
        code::SUCCESS => Ok(()),
        code => Err(Trouble::Refused { code, text: answer.text }),
    }
}

/// Every server refuses with one and the same code; the control says why, where there is one.
fn set_outcome(answer: &LdapResult) -> SetOutcome {
    match answer.rc {
        code::SUCCESS => SetOutcome::Done,
        code::CONSTRAINT_VIOLATION | code::UNWILLING | code::INSUFFICIENT_ACCESS => refused(answer),
        code::NO_SUCH_OBJECT => SetOutcome::Gone,
        // Wrong server, wrong channel or no time: certainly not done.
        code::REFERRAL | code::CONFIDENTIALITY_REQUIRED | code::BUSY | code::UNAVAILABLE => SetOutcome::Unavailable,
        // Something broke or ran out on the way; nobody can say how far it came.
        code::OPERATIONS_ERROR | code::TIME_LIMIT | code::OTHER => SetOutcome::Unknown,
        // Not supported, not allowed, not understood: a matter of how the server is set up.
        _ => SetOutcome::NotPermitted,
    }
}

fn refused(answer: &LdapResult) -> SetOutcome {
    let refusal = match ppolicy::error_of(answer) {
        Some(PolicyError::TooShort) => Refusal::Short,
        Some(PolicyError::InsufficientQuality) => Refusal::Weak,
        Some(PolicyError::InHistory) => Refusal::Reused,
        Some(PolicyError::TooYoung) => Refusal::TooYoung,
        Some(PolicyError::TooLong) => Refusal::TooLong,
        // The policy asks for the old password or forbids changes: a matter of the service account's rights.
        Some(PolicyError::ModificationNotAllowed | PolicyError::MustSupplyOld) => return SetOutcome::NotPermitted,
        Some(
            PolicyError::PasswordExpired
            | PolicyError::AccountLocked
            | PolicyError::ChangeAfterReset
            | PolicyError::Other,
        )
        | None => match answer.rc {
            code::CONSTRAINT_VIOLATION => Refusal::Unspecified,
            _ => return SetOutcome::NotPermitted,
        },
    };
    SetOutcome::Refused(refusal)
}
