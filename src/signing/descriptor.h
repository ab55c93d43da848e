// Descriptor: which scripts a text like "wpkh(xpub.../0/*)" stands for, and what a signer needs to know of them.
// Functions: pk, pkh, wpkh, sh, wsh, combo, multi, sortedmulti, addr, raw, rawtr, and tr with leaves of pk, multi_a and
// sortedmulti_a; no miniscript. A value with secrets in it where the text has them. Pure; any thread.
// Source: BIP 380 to 389, with the reference's texts for errors.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/key_ring.h"
#include "util/result.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::signing {

struct DescriptorNode;  // detail/descriptor_node.h

class Descriptor {
public:
    // One for each path of a multipath descriptor ("<0;1>"), else exactly one.
    static Result<std::vector<Descriptor>> parse(std::string_view text, const ChainParams& params,
                                                 bool checksum_required = false);
    Descriptor(Descriptor&&) noexcept;
    Descriptor& operator=(Descriptor&&) noexcept;
    ~Descriptor();

    [[nodiscard]] bool is_range() const;
    [[nodiscard]] bool is_solvable() const;  // false for addr() and raw()
    [[nodiscard]] bool has_secrets() const;
    // Without secrets and without checksum.
    [[nodiscard]] std::string to_string() const;

    struct Expansion {
        std::vector<Script> scripts;  // combo has several
        // The descriptor of each script alone, its keys with their origins; empty where the script says it all: addr(),
        // raw().
        std::vector<std::string> texts;
        KeyRing keys;
    };
    // nullopt: a hardened step needs a secret that is not here. Precondition: index < 1 << 31.
    [[nodiscard]] std::optional<Expansion> expand(uint32_t index, bool with_secrets = false) const;

private:
    explicit Descriptor(std::unique_ptr<DescriptorNode> node);
    std::unique_ptr<DescriptorNode> node_;
};

}  // namespace sluice::signing
