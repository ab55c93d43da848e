// Failure: why a check of something from outside did not end in "valid". Valid is the value of a Result; the other
// three of the four verdicts are here. Plain data.
//   Invalid   breaks a rule, for ever. The sender is punished and the hash remembered (unless `mutated`).
//   Deferred  cannot be judged now: something outside is missing (a parent block, its depth). Nobody is punished;
//   retried. Fault     the machine failed (I/O, corruption). Nothing is said about the input; the node stops.
//
// Why, in parts that a program can read, is a Breach: it is made where the rule is applied, and only when it is broken.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "consensus/primitives/ids.h"
#include "util/result.h"

namespace sluice {

struct FailedScript;  // consensus/primitives/failed_script.h

// The smallest part of what was judged that breaks the rule by itself.
struct BreachPlace {
    enum class Part : uint8_t { kUnknown, kHeader, kBlock, kTransaction, kInput, kOutput };
    struct InBlock {
        uint32_t index = 0;
        Txid txid;
        bool operator==(const InBlock&) const = default;
    };
    Part part = Part::kUnknown;
    uint32_t index = 0;                    // of the input or output
    std::optional<InBlock> transaction{};  // where a block was judged: the transaction that the part is (in)

    bool operator==(const BreachPlace&) const = default;
};
inline BreachPlace at_header() { return {BreachPlace::Part::kHeader}; }
inline BreachPlace at_block() { return {BreachPlace::Part::kBlock}; }
inline BreachPlace at_transaction() { return {BreachPlace::Part::kTransaction}; }
inline BreachPlace at_input(size_t n) { return {BreachPlace::Part::kInput, static_cast<uint32_t>(n)}; }
inline BreachPlace at_output(size_t n) { return {BreachPlace::Part::kOutput, static_cast<uint32_t>(n)}; }
// The same place in the n-th transaction of a block.
inline BreachPlace in_block(BreachPlace place, size_t n, const Txid& txid) {
    place.transaction = BreachPlace::InBlock{static_cast<uint32_t>(n), txid};
    return place;
}

// What was found or asked for. Amounts are satoshi, times Unix seconds, sizes bytes; ids and hashes as people see them.
struct NamedValue {
    NamedValue(std::string_view known_as, std::integral auto number)
        : name(known_as), value(static_cast<int64_t>(number)) {}
    NamedValue(std::string_view known_as, std::string text) : name(known_as), value(std::move(text)) {}

    std::string_view name;  // a literal: it outlives everything
    std::variant<int64_t, std::string> value;
    bool operator==(const NamedValue&) const = default;
};
using NamedValues = std::vector<NamedValue>;

struct Breach {
    std::string_view rule{};  // its name in the table of rules (consensus/rules/rule.h); empty: none of consensus
    BreachPlace place{};
    NamedValues values{};
    std::shared_ptr<const FailedScript> script{};  // what to run again to see the script fail; null: no script failed

    bool operator==(const Breach&) const = default;
};

struct Failure {
    enum class Kind { kInvalid, kDeferred, kFault };
    Kind kind = Kind::kInvalid;
    std::string reason;  // Invalid: Elements' reject string; others: for people
    std::string detail;  // more for the log; may be empty
    // Invalid: the block's bytes differ from what its hash commits to (proof, witness, repeated transactions), so
    // another block with this hash may be valid.
    bool mutated = false;
    Breach breach{};

    bool operator==(const Failure&) const = default;
};

// A failure of one transaction as one of the block that holds it.
inline tl::unexpected<Failure> in_block(Failure failure, size_t n, const Txid& txid) {
    failure.breach.place = in_block(failure.breach.place, n, txid);
    return tl::unexpected<Failure>(std::move(failure));
}

template <class T>
using Judged = Result<T, Failure>;

inline tl::unexpected<Failure> invalid(std::string reason, std::string detail = {}) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kInvalid, std::move(reason), std::move(detail), false});
}
inline tl::unexpected<Failure> mutated(std::string reason, std::string detail = {}) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kInvalid, std::move(reason), std::move(detail), true});
}
inline tl::unexpected<Failure> deferred(std::string missing) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kDeferred, std::move(missing), {}, false});
}
inline tl::unexpected<Failure> fault(std::string what) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kFault, std::move(what), {}, false});
}

}  // namespace sluice
