//! Which model a component asks, and how its replies are drawn.

use chat::{Endpoint, Sampling};
use plugin::ConfigError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which model a component asks. Flatten it into the component's configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AskedModel {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How replies are drawn.
    #[serde(flatten)]
    sampling: Sampling,
}

impl AskedModel {
    /// Where to ask and how replies are drawn: at this temperature unless one is set. `does` is what the model is for, such as
    /// `judges`.
    ///
    /// # Errors
    /// No model is named.
    pub fn drawn_at(self, temperature: f64, does: &str) -> Result<(Endpoint, Sampling), ConfigError> {
        if self.endpoint.model.is_empty() {
            return Err(ConfigError::new("model", format!("must name the model that {does}")));
        }
        let temperature = self.sampling.temperature.or(Some(temperature));
        Ok((self.endpoint, Sampling { temperature, ..self.sampling }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_is_named_and_a_temperature_that_is_set_stays() {
        let drawn = |table| {
            let asked: AskedModel = serde_json::from_value(table).unwrap();
            let drawn = asked.drawn_at(0.7, "judges").map_err(|error| error.to_string());
            drawn.map(|(endpoint, sampling)| (endpoint.model, sampling.temperature))
        };
        assert_eq!(drawn(json!({"model": "m"})), Ok(("m".to_owned(), Some(0.7))));
        assert_eq!(drawn(json!({"model": "m", "temperature": 0.0})), Ok(("m".to_owned(), Some(0.0))));
        assert_eq!(drawn(json!({"model": ""})), Err("model: must name the model that judges".to_owned()));
    }
}
