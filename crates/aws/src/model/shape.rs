//! What a service model is made of.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::names;

/// How the members of structures are spelled in parameters and results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// As the `aws-sdk` integrations do: the newer Java SDK's names (`DbInstanceStatus`, `Bool`).
    #[default]
    Sdk,
    /// As the optimised integrations do: the service's own names with a capital (`BOOL`).
    Service,
}

/// The place of a shape in its service.
pub type ShapeId = usize;

/// A service: how it is reached, what it does, and the shapes of what goes in and out.
#[derive(Debug)]
pub struct Service {
    /// Step Functions' name, as in `aws-sdk:cloudwatchlogs`.
    pub name: SmolStr,
    /// The prefix of its error names, as in `CloudWatchLogs.`.
    pub prefix: SmolStr,
    /// AWS's service id, from which `AWS_ENDPOINT_URL_<ID>` is made.
    pub id: SmolStr,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// The first label of its host.
    pub endpoint_prefix: SmolStr,
    /// Its name in a signature.
    pub signing_name: SmolStr,
    /// The version of its API.
    pub api_version: SmolStr,
    /// `1.0` or `1.1` of the JSON protocol.
    pub json_version: SmolStr,
    /// What stands before the operation in `X-Amz-Target`.
    pub target_prefix: SmolStr,
    /// Whether its errors also carry the code they had in the query protocol.
    pub query_compatible: bool,
    /// The XML namespace of its documents.
    pub namespace: Option<Namespace>,
    /// Hosts that are not `{prefix}.{region}.{suffix}`, by region or partition; see `endpoint`.
    pub endpoints: HashMap<SmolStr, SmolStr>,
    /// Its operations, by name.
    pub operations: Vec<Operation>,
    /// Its shapes.
    pub shapes: Vec<Shape>,
    /// The errors of its model, by the code that goes over the wire.
    pub errors: HashMap<SmolStr, ShapeId>,
}

impl Service {
    /// The operation of that name, with or without a capital, offered by Step Functions or not.
    pub fn operation(&self, action: &str) -> Option<&Operation> {
        self.operations.get(self.position(action)?)
    }

    /// Where that operation stands.
    pub(crate) fn position(&self, action: &str) -> Option<usize> {
        let name = names::capitalize(action);
        self.operations
            .binary_search_by(|operation| operation.name.as_str().cmp(&name))
            .or_else(|_| {
                self.operations.iter().position(|operation| operation.name == action).ok_or(())
            })
            .ok()
    }

    /// The structure that a shape is.
    pub fn structure(&self, id: ShapeId) -> Option<&Structure> {
        match &self.shapes.get(id)?.kind {
            Kind::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    /// The structure of an operation's input; `None` if it takes nothing.
    pub fn input(&self, operation: &Operation) -> Option<&Structure> {
        operation.input.and_then(|id| self.structure(id))
    }

    /// The structure of an operation's output; `None` if it gives nothing.
    pub fn output(&self, operation: &Operation) -> Option<&Structure> {
        operation.output.and_then(|id| self.structure(id))
    }

    /// The full name of an error as a state sees it: `DynamoDb.ResourceNotFoundException`, or
    /// `DynamoDb.DynamoDbException` for an error that the model does not know.
    pub fn error_name(&self, code: &str) -> (SmolStr, bool) {
        let known = self.errors.get(code).and_then(|id| self.structure(*id));
        let name = match known {
            Some(structure) => names::exception(&structure.name),
            None => format!("{}Exception", self.prefix).into(),
        };
        (format!("{}.{name}", self.prefix).into(), known.is_some())
    }
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `awsJson1_0` and `awsJson1_1`.
    Json,
    /// `awsQuery`.
    Query,
    /// `ec2Query`.
    Ec2,
    /// `restJson1`.
    RestJson,
    /// `restXml`.
    RestXml,
    /// `rpcV2Cbor`.
    Cbor,
}

/// One thing a service does.
#[derive(Debug)]
pub struct Operation {
    /// Its name, as in `PutItem`.
    pub name: SmolStr,
    /// The HTTP method.
    pub method: SmolStr,
    /// The path, with `{labels}` and a fixed query.
    pub uri: SmolStr,
    /// The structure of what goes in.
    pub input: Option<ShapeId>,
    /// The structure of what comes out.
    pub output: Option<ShapeId>,
    /// The structures of its errors.
    pub errors: Vec<ShapeId>,
    /// The name of the XML element that the input is.
    pub input_element: Option<SmolStr>,
    /// The namespace of that element.
    pub input_namespace: Option<Namespace>,
    /// The XML element that holds the output.
    pub result_wrapper: Option<SmolStr>,
    /// What stands before the host.
    pub host_prefix: Option<SmolStr>,
    /// Whether it is called without a signature.
    pub unauthenticated: bool,
    /// Whether the body takes no part in the signature.
    pub unsigned_payload: bool,
    /// The member that chooses the algorithm of the request's checksum.
    pub checksum_member: Option<SmolStr>,
    /// Whether the request must carry a checksum.
    pub checksum_required: bool,
    /// Whether Step Functions offers it.
    pub offered: bool,
}

impl Operation {
    /// Its name as a resource spells it: `putItem`.
    pub fn action(&self) -> SmolStr {
        names::action(&self.name)
    }
}

/// A shape: what kind of value, and its bounds.
#[derive(Debug)]
pub struct Shape {
    /// What it is.
    pub kind: Kind,
    /// The least value, or the least length.
    pub min: Option<f64>,
    /// The greatest value, or the greatest length.
    pub max: Option<f64>,
}

/// The kinds of shape.
#[derive(Debug)]
pub enum Kind {
    /// Named members.
    Structure(Structure),
    /// Values in order.
    List {
        /// The shape of each.
        member: ShapeId,
        /// The name of each element.
        element: Option<SmolStr>,
        /// Whether the elements stand without a list around them.
        flattened: bool,
    },
    /// Values by key.
    Map {
        /// The shape of the keys.
        key: ShapeId,
        /// The shape of the values.
        value: ShapeId,
        /// The name of a key's element.
        key_element: Option<SmolStr>,
        /// The name of a value's element.
        value_element: Option<SmolStr>,
        /// Whether the entries stand without a map around them.
        flattened: bool,
    },
    /// Text.
    String {
        /// The values it may have, if they are listed.
        values: Vec<SmolStr>,
        /// The pattern it must have.
        pattern: Option<SmolStr>,
        /// Whether it is a JSON text.
        json: bool,
    },
    /// Bytes.
    Blob,
    /// `true` or `false`.
    Boolean,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    Long,
    /// A number.
    Float,
    /// A number.
    Double,
    /// A point in time.
    Timestamp(Option<TimestampFormat>),
}

/// A structure.
#[derive(Debug)]
pub struct Structure {
    /// Its name in the model.
    pub name: SmolStr,
    /// Its members.
    pub members: Vec<Member>,
    /// The member that is the whole body.
    pub payload: Option<usize>,
    /// Whether exactly one member is set.
    pub union: bool,
    /// Whether it is any JSON value.
    pub document: bool,
    /// Its XML namespace.
    pub namespace: Option<Namespace>,
    /// The name of its XML element.
    pub element: Option<SmolStr>,
}

impl Structure {
    /// The member that parameters and results spell `name`.
    pub fn member(&self, name: &str, spelling: Spelling) -> Option<&Member> {
        self.members.iter().find(|member| member.shown(spelling) == name)
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in the model.
    pub name: SmolStr,
    /// Its name in the SDK integrations.
    pub exposed: SmolStr,
    /// Its name in the optimised integrations: the model's with a capital.
    pub capital: SmolStr,
    /// Its name on the wire.
    pub wire: SmolStr,
    /// Whether `wire` is given by the model, not merely the name.
    pub renamed: bool,
    /// Its shape.
    pub shape: ShapeId,
    /// Whether it must be there.
    pub required: bool,
    /// Where it goes.
    pub location: Location,
    /// Its name in the EC2 protocol.
    pub query_name: Option<SmolStr>,
    /// Its format, if it is a timestamp.
    pub timestamp: Option<TimestampFormat>,
    /// Whether it is a list or map without an element around it.
    pub flattened: bool,
    /// Whether it is an XML attribute.
    pub attribute: bool,
    /// Whether it is filled in where it is absent.
    pub token: bool,
    /// Whether it is a JSON text, in base64 if it is a header.
    pub json: bool,
    /// Whether it is a body of any length.
    pub streaming: bool,
    /// Its XML namespace.
    pub namespace: Option<Namespace>,
}

impl Member {
    /// Its name in parameters and results.
    pub fn shown(&self, spelling: Spelling) -> &SmolStr {
        match spelling {
            Spelling::Sdk => &self.exposed,
            Spelling::Service => &self.capital,
        }
    }
}

/// Where a member goes in a REST request or response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// In the path.
    Uri,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In the headers of a prefix.
    Headers,
    /// In the status.
    Status,
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2015-08-30T12:36:00Z`.
    Iso8601,
    /// Seconds since the epoch.
    Unix,
    /// `Sun, 30 Aug 2015 12:36:00 GMT`.
    Rfc822,
}

/// An XML namespace.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its address.
    pub uri: SmolStr,
    /// Its prefix.
    pub prefix: Option<SmolStr>,
}
