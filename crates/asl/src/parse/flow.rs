//! The fields through which data flows: `InputPath` … `OutputPath`, or `Arguments` and `Output`.

use value::Value;
use value::json::{Node, NodeKind};

use crate::expression::StatesAccess;
use crate::location::Location;
use crate::parse::StateParser;
use crate::program::{Flow, InOutPath, ResultPath};

impl StateParser<'_, '_> {
    /// The flow of a state of this type; `None` is a fault.
    pub(crate) fn flow(&mut self, node: &Node, at: &Location, type_name: &str) -> Option<Flow> {
        if type_name == "Fail" {
            return Some(Flow::default());
        }
        let access = StatesAccess::of(type_name);
        if self.is_jsonata() {
            let parameters = self.template_field(node, at, "Arguments", StatesAccess::default());
            let output = self.template_field(node, at, "Output", access);
            return Some(Flow { parameters: parameters?, output: output?, ..Flow::default() });
        }
        let input_path = self.in_out_path(node, at, "InputPath");
        // A Map's `Parameters` are its older `ItemSelector`, which `map` takes.
        let parameters = match type_name {
            "Map" => Some(None),
            _ => self.template_field(node, at, "Parameters", access),
        };
        let result_selector = self.template_field(node, at, "ResultSelector", access);
        let result_path = self.result_path(node, at);
        let output_path = self.in_out_path(node, at, "OutputPath");
        Some(Flow {
            input_path: input_path?,
            parameters: parameters?,
            result_selector: result_selector?,
            result_path: result_path?,
            output_path: output_path?,
            output: None,
        })
    }

    fn in_out_path(&mut self, node: &Node, at: &Location, name: &str) -> Option<InOutPath> {
        let Some(member) = node.get(name) else { return Some(InOutPath::Whole) };
        let node = &member.value;
        if matches!(node.kind, NodeKind::Scalar(Value::Null)) {
            return Some(InOutPath::Null);
        }
        let at = at.field(name);
        let text = self.checker.string(node, &at)?;
        match jsonpath::Path::parse(&text) {
            Ok(path) if path.is_root_only() => Some(InOutPath::Whole),
            Ok(path) => {
                if let Some(variable) = path.variable() {
                    self.reads(variable, &node.span, &at);
                }
                Some(InOutPath::Path(path))
            }
            Err(_) if self.checker.is_placeholder(node) => Some(InOutPath::Whole),
            Err(error) => {
                let message = "Value must be a valid JSONPath.";
                self.checker.fault_with_help(&node.span, &at, message, Some(error.message));
                None
            }
        }
    }

    /// `ResultPath` of a state or a Catcher.
    pub(crate) fn result_path(&mut self, node: &Node, at: &Location) -> Option<ResultPath> {
        let Some(member) = node.get("ResultPath").filter(|_| !self.is_jsonata()) else {
            return Some(ResultPath::Replace);
        };
        let node = &member.value;
        if matches!(node.kind, NodeKind::Scalar(Value::Null)) {
            return Some(ResultPath::Discard);
        }
        let at = at.field("ResultPath");
        let text = self.checker.string(node, &at)?;
        match jsonpath::ReferencePath::parse(&text) {
            Ok(path) if path.is_root_only() => Some(ResultPath::Replace),
            Ok(path) => Some(ResultPath::Path(path)),
            Err(_) if self.checker.is_placeholder(node) => Some(ResultPath::Replace),
            Err(message) => {
                self.checker.fault(&node.span, &at, message);
                None
            }
        }
    }
}
