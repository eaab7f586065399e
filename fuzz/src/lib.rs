//! What the targets share: a world in which expressions can be evaluated.

use smol_str::SmolStr;
use value::{Value, json};

const INPUT: &str = r#"{"a":{"b":[{"c":1},{"c":"x"},[1,[2]],null]},"c":[1.5,true,""],"e":"2024-01-31T10:00:00Z"}"#;

/// Input, context and one variable.
pub struct World(Value);

impl Default for World {
    fn default() -> Self {
        Self(json::parse(INPUT).unwrap_or_default())
    }
}

impl jsonpath::Environment for World {
    fn input(&self) -> &Value {
        &self.0
    }

    fn context(&self) -> Value {
        self.0.clone()
    }

    fn variable(&self, name: &str) -> Option<Value> {
        (name == "x").then(|| self.0.clone())
    }
}

impl jsonata::Environment for World {
    fn variable(&self, name: &str) -> Option<Value> {
        matches!(name, "x" | "states").then(|| self.0.clone())
    }
}

/// No chance in it, so that what is found is found again.
pub struct StillHost;

impl jsonpath::Host for StillHost {
    fn random(&mut self) -> f64 {
        0.5
    }

    fn uuid(&mut self) -> SmolStr {
        "00000000-0000-4000-8000-000000000000".into()
    }
}

impl jsonata::Host for StillHost {
    fn now_ms(&mut self) -> i64 {
        1_510_067_557_121
    }

    fn random(&mut self) -> f64 {
        0.5
    }

    fn uuid(&mut self) -> SmolStr {
        "00000000-0000-4000-8000-000000000000".into()
    }
}
