// What this processor can do, asked once. Immutable after the first call; any thread.
#pragma once

namespace sluice::confidential::detail {

// BMI2 and ADX: mulx, adcx, adox.
bool has_adx();

}  // namespace sluice::confidential::detail
