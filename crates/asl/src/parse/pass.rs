//! Pass: `Result`.

use value::Value;
use value::json::{Node, NodeKind};

use crate::diagnostic::Code;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::StateKind;
use crate::template::looks_dynamic;

impl StateParser<'_, '_> {
    pub(crate) fn pass(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let result = node.get("Result");
        if let Some(result) = result
            && let Some(path) = first_path(&result.value)
        {
            let help = "use 'Parameters' for values that are computed".to_owned();
            let message = "The Result of a Pass state is static: the path in it is not evaluated";
            let at = at.field("Result");
            self.checker.warn(
                Code::PassResultIsStatic,
                &path.span,
                &at,
                message.to_owned(),
                Some(help),
            );
        }
        Some(StateKind::Pass { result: result.map(|member| member.value.to_value()) })
    }
}

/// The first string that looks like a path or an intrinsic call, or stands under a `.$` key.
fn first_path(node: &Node) -> Option<&Node> {
    match &node.kind {
        NodeKind::Scalar(Value::String(text)) => looks_dynamic(text).then_some(node),
        NodeKind::Scalar(_) => None,
        NodeKind::Array(items) => items.iter().find_map(first_path),
        NodeKind::Object(members) => members.iter().find_map(|member| {
            if member.key.ends_with(".$") { Some(&member.value) } else { first_path(&member.value) }
        }),
    }
}
