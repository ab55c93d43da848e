// JSON as the reference writes it. Json keeps key order. Amounts and other exact decimals are kept as their text, so
// that one satoshi is 0.00000001 and never 1e-8; that holds for values that were read as well. Only files of rpc
// include this: the library's header is heavy. The module's face for others is rpc/server.h.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "consensus/primitives/amount.h"

namespace sluice::rpc {

using Json = nlohmann::ordered_json;

// A number that is written with exactly this text. Precondition: the text is a JSON number.
Json number_text(std::string_view text);
// 8 decimals: 1 satoshi is 0.00000001.
Json amount_json(Amount amount);
std::string amount_text(Amount amount);
// As the reference prints doubles: 16 significant digits.
Json real_json(double value);

// indent 0: one line without spaces; else each element on a line.
std::string write_json(const Json& value, unsigned indent = 0);
// nullopt unless the text is one JSON value, nested at most 512 deep.
std::optional<Json> read_json(std::string_view text);

// "1.5", "1e-8" ... with at most `decimals` decimals -> integer units. nullopt if it is no such number or too large.
std::optional<int64_t> parse_fixed_point(std::string_view text, int decimals);
// The text of a number or string as it was given; nullopt for other types.
std::optional<std::string> number_or_string_text(const Json& value);
// "string", "number", "bool", "null", "array", "object": the words of the reference's type errors.
std::string_view type_name(const Json& value);

}  // namespace sluice::rpc
