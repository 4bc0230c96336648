//! How often a code, an answer or an address may be compared.

use crate::policy::limits::{DAY, FOR_GOOD, HOUR, Limit, Limited, Who, account, address, case, limit, peer, whole};
use crate::policy::tenant::Tenant;

/// A code, a TOTP code or an answer is about to be compared.
///
/// The account's 5 a day are those of unknown sources; a success forgives them, so the 100 are "without a success".
/// The tenant's number is a budget and refuses nothing.
pub fn code(who: Who<'_>) -> Vec<Limit> {
    let mut limits = vec![
        limit(Limited::WrongCode, account(who.account), 5, DAY),
        limit(Limited::WrongCode, account(who.account), 100, FOR_GOOD),
        limit(Limited::WrongCode, peer(who.peer), 10, DAY),
        limit(Limited::WrongCode, case(who.case), 10, HOUR),
    ];
    limits.push(budget(who.tenant));
    limits
}

/// All wrong codes of a tenant in a day.
pub fn budget(tenant: &Tenant) -> Limit {
    limit(Limited::WrongCode, whole(tenant), tenant.caps.wrong_codes_a_day, DAY)
}

/// Joins [`code`] where the conversation's network address is known.
pub fn code_from(address_key: &str, tenant: &Tenant) -> Limit {
    limit(Limited::WrongCode, address(address_key), tenant.caps.wrong_codes_an_hour_an_address, HOUR)
}

/// A typed number or address is about to be compared with the one behind the hint.
pub fn contact(who: Who<'_>) -> Vec<Limit> {
    vec![
        limit(Limited::WrongContact, account(who.account), 5, DAY),
        limit(Limited::WrongContact, peer(who.peer), 5, DAY),
        limit(Limited::WrongContact, case(who.case), 5, HOUR),
    ]
}
