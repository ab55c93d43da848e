// The tree behind a Descriptor. Private to signing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "signing/key_expression.h"

namespace sluice::signing {

enum class Function {
    kPk,
    kPkh,
    kWpkh,
    kCombo,
    kMulti,   // and sortedmulti; in a taproot leaf multi_a and sortedmulti_a
    kSh,      // one child
    kWsh,     // one child
    kTr,      // one key, and perhaps one child
    kBranch,  // of a taproot tree: two children
    kRawTr,
    kAddr,
    kRaw,
};

struct DescriptorNode {
    Function function = Function::kRaw;
    bool in_taproot = false;  // pk and multi as leaves have x-only keys
    std::vector<KeyExpression> keys;
    size_t threshold = 0;
    bool sorted = false;
    std::vector<DescriptorNode> children;
    Script script;     // kAddr, kRaw
    std::string text;  // of the argument: kAddr, kRaw
};

// `text` has no checksum and no multipath.
Result<DescriptorNode> parse_descriptor(std::string_view text, const ChainParams& params);
// "a<1;2>b" to {"a1b", "a2b"}; what has none stays one.
Result<std::vector<std::string>> split_multipath(std::string_view text);
using KeyText = std::function<std::string(const KeyExpression&)>;
std::string write_descriptor(const DescriptorNode& node, const KeyText& text_of);

}  // namespace sluice::signing
