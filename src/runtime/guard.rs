//! Ports behind their breakers: what keeps failing is not asked for a while, and `Health` knows how it stands.

mod books;
mod desk;
mod directory;
mod senders;
mod store;

use std::sync::Arc;

use crate::runtime::health::Health;
use crate::runtime::parts::{Parts, TenantParts};

/// The same parts, each behind its guard, and how they stand.
pub fn guarded(parts: Parts) -> (Parts, Health) {
    let (mail, texts, desk) = (parts.mail.is_some(), parts.text_sender.is_some(), parts.desk.is_some());
    let health = Health::new(&parts.clock, parts.tenants.keys(), desk, mail, texts, parts.caller.is_some());
    let clock = Arc::clone(&parts.clock);
    let tenants = parts.tenants.into_iter().map(|(id, tenant)| {
        let directory = match health.directories.get(&id) {
            Some(fuse) => Arc::new(directory::Guarded::new(tenant.directory, fuse.clone(), Arc::clone(&clock))),
            None => tenant.directory,
        };
        (id, TenantParts { directory, ..tenant })
    });
    let tenants = tenants.collect();
    let parts = Parts {
        store: Arc::new(store::Guarded::new(parts.store, &clock, Arc::clone(&health.store), Arc::clone(&health.fell))),
        registry: Arc::new(books::Registered::new(parts.registry, Arc::clone(&health.registry))),
        former: parts.former.map(|former| Arc::new(books::Left::new(former, Arc::clone(&health.registry))) as _),
        audit: Arc::new(books::Recorded::new(parts.audit, Arc::clone(&health.audit))),
        mail: parts.mail.zip(health.mail.clone()).map(|(mail, fuse)| Arc::new(senders::Mails::new(mail, fuse)) as _),
        text_sender: parts
            .text_sender
            .zip(health.texts.clone())
            .map(|(texts, fuse)| Arc::new(senders::Texts::new(texts, fuse)) as _),
        caller: parts
            .caller
            .zip(health.calls.clone())
            .map(|(caller, fuse)| Arc::new(senders::Calls::new(caller, fuse)) as _),
        desk: parts.desk.map(|desk| Arc::new(desk::Guarded::new(desk, Arc::clone(&health.desks))) as _),
        tenants,
        ..parts
    };
    (parts, health)
}
