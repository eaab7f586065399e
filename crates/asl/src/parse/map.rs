//! Map: items, item processor, concurrency and tolerated failures.

use value::Value;
use value::json::{Member, Node};

use crate::checker::opening;
use crate::expression::StatesAccess;
use crate::fields::{DISTRIBUTED_CONFIG, INLINE_CONFIG, PROCESSOR};
use crate::location::Location;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{BlockId, Map, MapMode, StateKind, Template};

impl StateParser<'_, '_> {
    pub(crate) fn map(&mut self, node: &Node, at: &Location) -> Option<StateKind> {
        let processor = self.processor(node, at);
        let items = match self.is_jsonata() {
            true => self.items(node, at),
            false => self.items_path(node, at),
        };
        let item_selector = self.item_selector(node, at);
        let count = Bounds::from(0);
        let max_concurrency =
            self.integer_field(node, at, "MaxConcurrency", Some("MaxConcurrencyPath"), count);
        let (name, path) = ("ToleratedFailureCount", "ToleratedFailureCountPath");
        let failure_count = self.integer_field(node, at, name, Some(path), count);
        let (name, path) = ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
        let failure_percentage = self.number_field(node, at, name, Some(path), |this, node, at| {
            this.checker.number(node, at, 0.0, Some(100.0))
        });
        let item_reader = self.item_reader(node, at);
        let item_batcher = self.item_batcher(node, at);
        let result_writer = self.result_writer(node, at);
        let label = self.label(node, at);
        let (processor, mode) = processor?;
        Some(StateKind::Map(Box::new(Map {
            processor,
            mode,
            items: items?,
            item_selector: item_selector?,
            max_concurrency: max_concurrency?,
            tolerated_failure_count: failure_count?,
            tolerated_failure_percentage: failure_percentage?,
            item_reader: item_reader?,
            item_batcher: item_batcher?,
            result_writer: result_writer?,
            label: label?,
        })))
    }

    /// `Items`: an array or an object, or an expression.
    fn items(&mut self, node: &Node, at: &Location) -> Option<Option<Template>> {
        let items = self.template_field(node, at, "Items", StatesAccess::default())?;
        if let (Some(Template::Literal(value)), Some(member)) = (&items, node.get("Items")) {
            let (span, at) = (&member.value.span, at.field("Items"));
            match value {
                Value::Array(_) | Value::Object(_) => return Some(items),
                _ if self.checker.is_placeholder(&member.value) => return Some(None),
                Value::String(_) => self.checker.no_expression(span, &at),
                _ => self.checker.wrong_type(span, &at, "Array"),
            }
            return None;
        }
        Some(items)
    }

    fn items_path(&mut self, node: &Node, at: &Location) -> Option<Option<Template>> {
        let path = self.path_field(node, at, "ItemsPath")?;
        Some(path.map(|path| Template::Expression(Box::new(path))))
    }

    fn item_selector(&mut self, node: &Node, at: &Location) -> Option<Option<Template>> {
        let older = !self.is_jsonata() && node.get("ItemSelector").is_none();
        let name = if older { "Parameters" } else { "ItemSelector" };
        self.template_field(node, at, name, StatesAccess::default())
    }

    /// `ItemProcessor`, or the older `Iterator`.
    fn processor(&mut self, node: &Node, at: &Location) -> Option<(BlockId, MapMode)> {
        let member = node.get("ItemProcessor").or_else(|| node.get("Iterator"))?;
        let at = at.field(&member.key);
        let node = &member.value;
        if !self.checker.shape(node, &at, &member.key_span, &PROCESSOR, None) {
            return None;
        }
        self.checker.comment(node, &at);
        let mode = match node.get("ProcessorConfig") {
            None => Some(MapMode::Inline),
            Some(config) => self.mode(config, &at.field("ProcessorConfig")),
        };
        let distributed = matches!(mode, Some(MapMode::Distributed { .. }));
        let block = self.checker.block(node, &at, Some(self.id), distributed, self.depth + 1);
        Some((block, mode?))
    }

    fn mode(&mut self, config: &Member, at: &Location) -> Option<MapMode> {
        let node = &config.value;
        let mode = match node.get("Mode") {
            None => Some("INLINE"),
            Some(mode) => {
                let at = at.field("Mode");
                self.checker.one_of(&mode.value, &at, &["INLINE", "DISTRIBUTED"])
            }
        };
        let distributed = mode? == "DISTRIBUTED";
        let rules = if distributed { &DISTRIBUTED_CONFIG } else { &INLINE_CONFIG };
        if !self.checker.shape(node, at, &config.key_span, rules, None) {
            return None;
        }
        if !distributed {
            return Some(MapMode::Inline);
        }
        if self.checker.options.express {
            let message = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside \
                           'EXPRESS' state machines";
            let span = node.get("Mode").map_or_else(|| opening(node), |m| m.value.span.clone());
            self.checker.fault(&span, &at.field("Mode"), message);
        }
        let kind = node.get("ExecutionType")?;
        let at = at.field("ExecutionType");
        let kind = self.checker.one_of(&kind.value, &at, &["STANDARD", "EXPRESS"])?;
        Some(MapMode::Distributed { express: kind == "EXPRESS" })
    }

    fn label(&mut self, node: &Node, at: &Location) -> Option<Option<smol_str::SmolStr>> {
        let Some(member) = node.get("Label") else { return Some(None) };
        let label: smol_str::SmolStr =
            self.checker.string(&member.value, &at.field("Label"))?.into();
        self.outline.label = Some((label.clone(), member.value.span.clone()));
        Some(Some(label))
    }
}
