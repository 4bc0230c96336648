//! Ways to a registered address: mail by SMTP, texts and calls by HTTP hook or through a telephone provider; and one that
//! keeps everything, for the demo.

pub mod call_hook;
pub mod capture;
pub mod http_hook;
pub mod jambonz;
mod rest;
pub mod smtp;
pub mod text_hook;
pub mod twilio;
pub mod vonage;
