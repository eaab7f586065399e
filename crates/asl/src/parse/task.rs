//! Task: `Resource`, its parameters, timeouts and `Credentials`.

use smol_str::SmolStr;
use value::json::{Member, Node, NodeKind};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::limits::TIMEOUT_SECONDS_MAX;
use crate::location::Location;
use crate::options::Recognition;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{Field, StateKind, Task};
use crate::resource::{Pattern, Resource, ResourceKind};

impl StateParser<'_, '_> {
    pub(crate) fn task(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let resource = node.get("Resource").and_then(|member| self.resource(member, at));
        if let (Some(resource), Some(member)) = (&resource, node.get("Resource")) {
            self.parameters_fit(resource, member, node, at);
        }
        let seconds = Bounds::between(1, TIMEOUT_SECONDS_MAX);
        let timeout =
            self.integer_field(node, at, "TimeoutSeconds", Some("TimeoutSecondsPath"), seconds);
        let heartbeat =
            self.integer_field(node, at, "HeartbeatSeconds", Some("HeartbeatSecondsPath"), seconds);
        let role_arn = self.credentials(node, at, resource.as_ref());
        let (timeout_seconds, heartbeat_seconds) = (timeout?, heartbeat?);
        if let (Some(Field::Literal(timeout)), Some(Field::Literal(heartbeat))) =
            (&timeout_seconds, &heartbeat_seconds)
            && heartbeat >= timeout
            && let Some(member) = node.get("HeartbeatSeconds")
        {
            let message = "HeartbeatSeconds must be smaller than TimeoutSeconds";
            self.checker.fault(&member.value.span, &at.field("HeartbeatSeconds"), message);
        }
        Some(StateKind::Task(Box::new(Task {
            resource: resource?,
            timeout_seconds,
            heartbeat_seconds,
            role_arn: role_arn?,
        })))
    }

    fn resource(&mut self, member: &Member, at: &Location) -> Option<Resource> {
        let node = &member.value;
        let at = at.field("Resource");
        let text = self.checker.string(node, &at)?;
        let resource = if self.checker.is_placeholder(node) {
            Some(Resource { arn: text.as_ref().into(), kind: ResourceKind::Placeholder })
        } else {
            // Outside of templates a placeholder is what it is for AWS: no ARN.
            Resource::parse(&text).filter(|resource| resource.kind != ResourceKind::Placeholder)
        };
        let Some(resource) = resource else {
            self.checker.fault(&node.span, &at, "Value is not a valid resource ARN");
            return None;
        };
        let options = self.checker.options;
        match options.resources.recognise(&resource, options.strict) {
            Recognition::Known => {}
            Recognition::KnownNotOnAws(help) if !options.strict => {
                let message = format!("AWS Step Functions does not offer the resource {text}");
                self.checker.warn(Code::NotOnAws, &node.span, &at, message, Some(help));
            }
            _ if resource.kind == ResourceKind::Placeholder => {}
            _ => {
                let message = format!(
                    "The resource provided {text} is not recognized. The value is not a valid \
                     resource ARN, or the resource is not available in this region."
                );
                self.checker.fault(&node.span, &at, message);
                return None;
            }
        }
        if options.express {
            self.fits_express(&resource, node, &at);
        }
        Some(resource)
    }

    /// An Express execution ends before anybody could answer.
    fn fits_express(&mut self, resource: &Resource, node: &Node, at: &Location) {
        let pattern = match (&resource.kind, resource.pattern()) {
            (ResourceKind::Activity, _) => {
                let message = "Express state machine does not support Activity ARN";
                return self.checker.fault(&node.span, at, message);
            }
            (_, Pattern::RequestResponse) => return,
            (_, Pattern::Sync | Pattern::Sync2) => "'.sync' service integration",
            // This one ends with a space (recorded: `test_illegal_callbacks`).
            (_, Pattern::WaitForTaskToken) => "'.waitForTaskToken' service integration ",
        };
        let message = format!("Express state machine does not support {pattern}");
        self.checker.fault(&node.span, at, message);
    }

    fn parameters_fit(&mut self, resource: &Resource, member: &Member, node: &Node, at: &Location) {
        let name = if self.is_jsonata() { "Arguments" } else { "Parameters" };
        let parameters = node.get(name).map(|member| &member.value);
        let resources = self.checker.options.resources;
        for fault in resources.check_parameters(resource, parameters, self.language) {
            self.checker.report(Diagnostic {
                severity: Severity::Error,
                code: Code::SchemaValidationFailed,
                message: fault.message,
                location: Some(format!("{at}{}", fault.location_suffix)),
                span: fault.span.unwrap_or_else(|| member.value.span.clone()),
                help: None,
            });
        }
    }

    /// `Credentials.RoleArn`; the outer `None` is a fault.
    fn credentials(
        &mut self,
        node: &Node,
        at: &Location,
        resource: Option<&Resource>,
    ) -> Option<Option<Field<SmolStr>>> {
        let Some(member) = node.get("Credentials") else { return Some(None) };
        let at = at.field("Credentials");
        let credentials = &member.value;
        if resource.is_some_and(|resource| resource.kind == ResourceKind::Activity) {
            let message = "The field 'Credentials' is not supported for activities";
            self.checker.fault(&member.key_span, &at, message);
            return None;
        }
        if !matches!(credentials.kind, NodeKind::Object(_)) {
            self.checker.wrong_type(&credentials.span, &at, "Object");
            return None;
        }
        if !self.is_jsonata()
            && let Some(path) = credentials.get("RoleArn.$")
        {
            let expression = self.dynamic_member(path, &at)?;
            return Some(expression.map(|role| Field::Expression(Box::new(role))));
        }
        let Some(role) = credentials.get("RoleArn") else {
            let message = "The field 'RoleArn' is required but was missing";
            self.checker.fault(&member.key_span, &at, message);
            return None;
        };
        let at = at.field("RoleArn");
        if let Some(expression) = self.jsonata_value(&role.value, &at)? {
            return Some(Some(Field::Expression(Box::new(expression))));
        }
        let text = self.checker.string(&role.value, &at)?;
        Some(Some(Field::Literal(text.into())))
    }
}
