//! A call: the validated members of a request, who sent it, and what it is answered from.

use runtime::arn::partition;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;
use value::{Timestamp, Value};

use crate::app::App;
use crate::caller::Caller;
use crate::error::Error;
use crate::page_token::PageTokens;

/// The page size when `maxResults` is absent or 0 (API reference).
const DEFAULT_PAGE: usize = 100;

/// What an operation answers: the JSON text of its output, or an error.
pub type Reply = Result<String, Error>;

/// An answer without members.
pub fn empty() -> Reply {
    Ok("{}".into())
}

/// A call of an operation. The input has passed its shape's checks, so the readers below find
/// values of the right type or none.
pub struct Call<'a> {
    /// What it is answered from.
    pub app: &'a App,
    /// Who sent it.
    pub caller: Caller<'a>,
    /// The request.
    pub input: &'a Value,
    /// The `X-Amzn-Trace-Id` header.
    pub trace_id: Option<&'a str>,
    /// Turns `true` when the server stops; then long polls end.
    pub stopping: &'a watch::Receiver<bool>,
}

impl<'a> Call<'a> {
    /// A string member.
    pub fn text(&self, name: &str) -> Option<&'a SmolStr> {
        text(self.input, name)
    }

    /// A string member that the shape requires.
    pub fn required(&self, name: &str) -> &'a SmolStr {
        static EMPTY: SmolStr = SmolStr::new_static("");
        self.text(name).unwrap_or(&EMPTY)
    }

    /// A boolean member.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.input.get(name)?.as_bool()
    }

    /// A structure or list member.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.input.get(name).filter(|value| !value.is_null())
    }

    /// `maxResults`
    pub fn page_size(&self) -> usize {
        let size = self.input.get("maxResults").and_then(Value::as_i64).unwrap_or(0);
        usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(DEFAULT_PAGE)
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A new UUID.
    pub fn uuid(&self) -> SmolStr {
        let text = value::uuid::v4_digits((self.app.random)());
        String::from_utf8_lossy(&text).into()
    }

    /// The pagination tokens of this request.
    pub fn page_tokens(&self, operation: &str, arguments: &[&str]) -> PageTokens {
        PageTokens::new(self.app.catalog.secret(), operation, arguments, self.now())
    }

    /// How ARNs of the caller's resources of a kind begin: `arn:…:stateMachine:`.
    pub fn arn_prefix(&self, kind: &str) -> SmolStr {
        let Caller { region, account, .. } = self.caller;
        format_smolstr!("arn:{}:states:{region}:{account}:{kind}:", partition(region))
    }
}

/// The string member `name` of a structure.
pub fn text<'a>(structure: &'a Value, name: &str) -> Option<&'a SmolStr> {
    match structure.get(name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}
