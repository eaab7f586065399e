//! `Retry` and `Catch`.

use smol_str::SmolStr;
use value::json::{Node, NodeKind};

use crate::checker::opening;
use crate::expression::StatesAccess;
use crate::fields::{CATCHER, RETRIER};
use crate::limits::{MAX_DELAY_SECONDS_MAX, TIMEOUT_SECONDS_MAX};
use crate::location::Location;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{Catcher, Retrier};

const STATES_ALL: &str = "States.ALL";
/// Defaults of a Retrier (ASL specification, Retrying after error).
const INTERVAL_SECONDS: u64 = 1;
const MAX_ATTEMPTS: u64 = 3;
const BACKOFF_RATE: f64 = 2.0;
/// Greatest `MaxAttempts` (ASL on AWS).
const MAX_ATTEMPTS_MAX: u64 = 99_999_999;

impl StateParser<'_, '_> {
    /// `Retry`; `None` is a fault.
    pub(crate) fn retry(&mut self, node: &Node, at: &Location) -> Option<Vec<Retrier>> {
        self.each(node, at, "Retry", Self::retrier)
    }

    /// `Catch`; `None` is a fault.
    pub(crate) fn catch(&mut self, node: &Node, at: &Location) -> Option<Vec<Catcher>> {
        self.each(node, at, "Catch", Self::catcher)
    }

    /// Every item of the array `name`, which may be empty.
    fn each<T>(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        item: impl Fn(&mut Self, &Node, &Location, bool) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(member) = node.get(name) else { return Some(Vec::new()) };
        let at = at.field(name);
        let NodeKind::Array(items) = &member.value.kind else {
            self.checker.wrong_type(&member.value.span, &at, "Array");
            return None;
        };
        let last = items.len().saturating_sub(1);
        let parts: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, node)| item(self, node, &at.item(index), index == last))
            .collect();
        parts.into_iter().collect()
    }

    fn retrier(&mut self, node: &Node, at: &Location, last: bool) -> Option<Retrier> {
        if !self.checker.shape(node, at, &opening(node), &RETRIER, None) {
            return None;
        }
        self.checker.comment(node, at);
        let error_equals = self.error_equals(node, at, last);
        let seconds = Bounds::between(0, TIMEOUT_SECONDS_MAX);
        let interval = self.retry_integer(node, at, "IntervalSeconds", seconds);
        let attempts = Bounds::between(0, MAX_ATTEMPTS_MAX);
        let max_attempts = self.retry_integer(node, at, "MaxAttempts", attempts);
        let delay = Bounds::between(1, MAX_DELAY_SECONDS_MAX);
        let max_delay = self.retry_integer(node, at, "MaxDelaySeconds", delay);
        let backoff_rate = match self.checker.given(node, "BackoffRate") {
            None => Some(BACKOFF_RATE),
            Some(rate) => self.checker.number(&rate.value, &at.field("BackoffRate"), 1.0, None),
        };
        let jitter = match node.get("JitterStrategy") {
            None => Some("NONE"),
            Some(jitter) => {
                let at = at.field("JitterStrategy");
                self.checker.one_of(&jitter.value, &at, &["NONE", "FULL"])
            }
        };
        Some(Retrier {
            error_equals: error_equals?,
            interval_seconds: interval?.unwrap_or(INTERVAL_SECONDS),
            max_attempts: max_attempts?.unwrap_or(MAX_ATTEMPTS),
            backoff_rate: backoff_rate?,
            max_delay_seconds: max_delay?,
            full_jitter: jitter? == "FULL",
        })
    }

    fn retry_integer(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        bounds: Bounds,
    ) -> Option<Option<u64>> {
        let Some(member) = self.checker.given(node, name) else { return Some(None) };
        self.checker.integer(&member.value, &at.field(name), bounds).map(Some)
    }

    fn catcher(&mut self, node: &Node, at: &Location, last: bool) -> Option<Catcher> {
        if !self.checker.shape(node, at, &opening(node), &CATCHER, Some(self.language)) {
            return None;
        }
        self.checker.comment(node, at);
        let access = StatesAccess { result: false, error_output: true };
        let error_equals = self.error_equals(node, at, last);
        let next = node.get("Next").and_then(|next| self.target(&next.value, &at.field("Next")));
        let result_path = self.result_path(node, at);
        let assign = self.assign(node, at, access);
        let output = match self.is_jsonata() {
            true => self.template_field(node, at, "Output", access),
            false => Some(None),
        };
        Some(Catcher {
            error_equals: error_equals?,
            next: next?,
            result_path: result_path?,
            assign: assign?,
            output: output?,
        })
    }

    fn error_equals(&mut self, node: &Node, at: &Location, last: bool) -> Option<Vec<SmolStr>> {
        let at = at.field("ErrorEquals");
        let items = self.checker.items(&node.get("ErrorEquals")?.value, &at)?;
        let mut names = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let at = at.item(index);
            let Some(name) = self.checker.string(item, &at) else { continue };
            if name == STATES_ALL && (items.len() > 1 || !last) {
                let message = "States.ALL must appear alone and at end of list";
                self.checker.fault(&item.span, &at, message);
            }
            names.push(name.into());
        }
        (names.len() == items.len()).then_some(names)
    }
}
