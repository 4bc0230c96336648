//! What stands in a locale file, read from its syntax tree: keys, attributes, arguments, places.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Attribute, Entry, Expression, InlineExpression, Message, Pattern, PatternElement};
use fluent_syntax::parser::ParserError;

use crate::model::names::MessageKey;
use crate::text::catalog::{MessageInfo, TextFault};
use crate::text::words;

/// A syntax error with its place.
pub(super) fn fault(file: &str, source: &str, error: &ParserError) -> TextFault {
    // What is missing at the end of a line is missed on a later one; people look for it where the line ends.
    let read = source.get(..error.pos.start).unwrap_or(source);
    let said = read.trim_end();
    let at = if read[said.len()..].contains('\n') { said.len() } else { error.pos.start };
    let (line, column) = place(source, at);
    TextFault { file: file.to_owned(), line, column, message: error.to_string() }
}

/// The messages of a file; synonym tables are left out. Faults of shape are added to `faults`.
pub(super) fn messages(file: &str, resource: &FluentResource, faults: &mut Vec<TextFault>) -> Vec<MessageInfo> {
    let source = resource.source();
    let mut found = Vec::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        if words::is_table(message.id.name) {
            continue;
        }
        let (line, column) = place(source, offset(source, message.id.name));
        let mut report = |message| faults.push(TextFault { file: file.to_owned(), line, column, message });
        if let Err(bad) = MessageKey::parse(message.id.name) {
            report(bad.to_string());
        }
        if message.value.is_none() {
            report(format!("`{}` has no value: the chat would have nothing to say", message.id.name));
        }
        for attribute in &message.attributes {
            if !matches!(attribute.id.name, "voice" | "short") {
                report(format!("`{}.{}`: only `.voice` and `.short` are known", message.id.name, attribute.id.name));
            }
        }
        found.push(info(file, line, message));
    }
    found
}

/// Line and column, from 1, of a byte offset.
pub(crate) fn place(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
    (line, column)
}

/// Where a slice of the source begins in it. The syntax tree borrows from the source and carries no spans.
pub(crate) fn offset(source: &str, slice: &str) -> usize {
    (slice.as_ptr() as usize).saturating_sub(source.as_ptr() as usize)
}

fn info(file: &str, line: usize, message: &Message<&str>) -> MessageInfo {
    let mut args = BTreeSet::new();
    let patterns = message.value.iter().chain(message.attributes.iter().map(|attribute| &attribute.value));
    patterns.for_each(|pattern| arguments(pattern, &mut args));
    let mut literals = String::new();
    let patterns = message.value.iter().chain(message.attributes.iter().map(|attribute| &attribute.value));
    patterns.for_each(|pattern| {
        words_of(pattern, &mut literals);
        literals.push('\n');
    });
    let has = |name: &str| message.attributes.iter().any(|a: &Attribute<&str>| a.id.name == name);
    MessageInfo {
        key: message.id.name.to_owned(),
        file: file.to_owned(),
        line,
        has_value: message.value.is_some(),
        voice: has("voice"),
        short: has("short"),
        args,
        literals,
    }
}

fn arguments(pattern: &Pattern<&str>, args: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        expression_arguments(expression, args);
    }
}

/// What stands in the file itself, of every variant.
fn words_of(pattern: &Pattern<&str>, literals: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => literals.push_str(value),
            PatternElement::Placeable { expression } => words_of_expression(expression, literals),
        }
    }
}

fn words_of_expression(expression: &Expression<&str>, literals: &mut String) {
    match expression {
        Expression::Inline(InlineExpression::StringLiteral { value }) => literals.push_str(value),
        Expression::Inline(InlineExpression::Placeable { expression }) => words_of_expression(expression, literals),
        Expression::Inline(_) => {}
        Expression::Select { variants, .. } => variants.iter().for_each(|variant| {
            words_of(&variant.value, literals);
            literals.push('\n');
        }),
    }
}

fn expression_arguments(expression: &Expression<&str>, args: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => inline_arguments(inline, args),
        Expression::Select { selector, variants } => {
            inline_arguments(selector, args);
            variants.iter().for_each(|variant| arguments(&variant.value, args));
        }
    }
}

fn inline_arguments(inline: &InlineExpression<&str>, args: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            args.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => expression_arguments(expression, args),
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|argument| inline_arguments(argument, args));
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}
