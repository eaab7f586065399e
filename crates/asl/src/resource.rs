//! `Resource`: the ARN of a Task, taken apart.

use smol_str::SmolStr;

/// How a service integration waits for its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The result is the API's answer.
    RequestResponse,
    /// `.sync`: the job is started and watched until it ends.
    Sync,
    /// `.sync:2`: as `.sync`, the child's output parsed (nested executions only).
    Sync2,
    /// `.waitForTaskToken`: somebody sends the result with the task's token.
    WaitForTaskToken,
}

/// What a `Resource` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// `arn:aws:lambda:…:function:…`: `LambdaFunction…` events, the bare payload as the result.
    Lambda,
    /// `arn:aws:states:…:activity:…`.
    Activity,
    /// `arn:aws:states:::service:action[.pattern]`, `arn:aws:states:::aws-sdk:service:action…`.
    Service {
        /// AWS's `resourceType`: `lambda`, `states`, `http`, `aws-sdk:dynamodb`.
        resource_type: SmolStr,
        /// The action without its pattern: `invoke`, `startExecution`.
        action: SmolStr,
        /// How it waits.
        pattern: Pattern,
    },
    /// A `${Placeholder}` that a deployment tool has not replaced yet.
    Placeholder,
}

/// The `Resource` of a Task state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The text as written.
    pub arn: SmolStr,
    /// What it names.
    pub kind: ResourceKind,
}

impl Resource {
    /// Takes an ARN apart; `None` if it has not the form of a Task's resource. Whether the service
    /// and the action exist is another question.
    pub fn parse(arn: &str) -> Option<Self> {
        let kind = if arn.contains("${") { ResourceKind::Placeholder } else { kind(arn)? };
        Some(Self { arn: arn.into(), kind })
    }

    /// AWS's `resource` in task events: the action with its pattern (`startExecution.sync:2`).
    pub fn event_resource(&self) -> &str {
        self.arn.splitn(6, ':').nth(5).map_or("", |rest| match &self.kind {
            ResourceKind::Service { resource_type, .. } => {
                rest.get(resource_type.len() + 1..).unwrap_or("")
            }
            _ => rest,
        })
    }

    /// How the task waits; activities and functions answer by themselves.
    pub fn pattern(&self) -> Pattern {
        match &self.kind {
            ResourceKind::Service { pattern, .. } => *pattern,
            _ => Pattern::RequestResponse,
        }
    }
}

fn kind(arn: &str) -> Option<ResourceKind> {
    let mut parts = arn.splitn(6, ':');
    let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
    if prefix != "arn" || !partition.starts_with("aws") {
        return None;
    }
    match service {
        "lambda" if rest.len() > "function:".len() && rest.starts_with("function:") => {
            Some(ResourceKind::Lambda)
        }
        "states" => match rest.strip_prefix("activity:") {
            Some(name) if !region.is_empty() && !account.is_empty() => {
                (!name.is_empty()).then_some(ResourceKind::Activity)
            }
            // A service's region and account are mostly left out, but may be there.
            _ => service_kind(rest),
        },
        _ => None,
    }
}

fn service_kind(rest: &str) -> Option<ResourceKind> {
    let (call, pattern) = if let Some(call) = rest.strip_suffix(".sync:2") {
        (call, Pattern::Sync2)
    } else if let Some(call) = rest.strip_suffix(".sync") {
        (call, Pattern::Sync)
    } else if let Some(call) = rest.strip_suffix(".waitForTaskToken") {
        (call, Pattern::WaitForTaskToken)
    } else {
        (rest, Pattern::RequestResponse)
    };
    let (resource_type, action) = call.rsplit_once(':')?;
    let known_form = match resource_type.split_once(':') {
        None => true,
        Some(("aws-sdk", service)) => !service.contains(':'),
        Some(_) => false,
    };
    let named = !resource_type.is_empty() && !action.is_empty() && !action.contains('.');
    (known_form && named).then(|| ResourceKind::Service {
        resource_type: resource_type.into(),
        action: action.into(),
        pattern,
    })
}

/// The cause of a Task whose parameters its service's model does not take, found before the call or
/// by the connector (recorded: `test_send_message_unsupported_parameters`).
pub fn parameters_refused(parameters: &str, reasons: &str) -> String {
    format!("The Parameters '{parameters}' could not be used to start the Task: [{reasons}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_taken_apart() {
        let nested = Resource::parse("arn:aws:states:::states:startExecution.sync:2").unwrap();
        assert_eq!(nested.event_resource(), "startExecution.sync:2");
        assert_eq!(nested.pattern(), Pattern::Sync2);
        let sdk = Resource::parse("arn:aws:states:::aws-sdk:dynamodb:putItem").unwrap();
        assert_eq!(sdk.event_resource(), "putItem");
        let ResourceKind::Service { resource_type, .. } = &sdk.kind else { panic!("{sdk:?}") };
        assert_eq!(resource_type, "aws-sdk:dynamodb");
        let regional = "arn:aws:states:us-east-1:123456789012:aws-sdk:s3:getObject";
        assert_eq!(Resource::parse(regional).unwrap().event_resource(), "getObject");
        let activity = "arn:aws:states:us-east-1:123456789012:activity:a";
        assert_eq!(Resource::parse(activity).unwrap().kind, ResourceKind::Activity);
        let function = "arn:aws:lambda:us-east-1:123456789012:function:f:1";
        assert_eq!(Resource::parse(function).unwrap().kind, ResourceKind::Lambda);
        assert_eq!(Resource::parse("${Fn}").unwrap().kind, ResourceKind::Placeholder);
        for text in ["", "x", "arn:aws:s3:::b", "arn:aws:states:::lambda", "arn:aws:states:::a:b:c"]
        {
            assert_eq!(Resource::parse(text), None, "{text}");
        }
    }
}
