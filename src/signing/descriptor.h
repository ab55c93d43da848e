// Descriptor: which scripts a text like "wpkh(xpub.../0/*)" stands for, and what a signer needs to know of them.
// Functions: pk, pkh, wpkh, sh, wsh, combo, multi, sortedmulti, addr, raw, rawtr, and tr with leaves of pk, multi_a and
// sortedmulti_a; no miniscript. A value with secrets in it where the text has them. Pure; any thread.
// Source: BIP 380 to 389, with the reference's texts for errors.
#pragma once

#include <functional>
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

// The kinds of address that wallets choose between.
enum class OutputKind { kLegacy, kNestedSegwit, kBech32, kBech32m };

// A public key of a descriptor (KeyExpression::base) and its secret half.
struct BaseSecret {
    PubKey key;
    SecretKey secret;
};

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
    [[nodiscard]] bool is_combo() const;
    // Of every script that it stands for; nullopt where there is none, or several.
    [[nodiscard]] std::optional<OutputKind> output_kind() const;
    // Without secrets and without checksum.
    [[nodiscard]] std::string to_string() const;
    // With those secrets that are here.
    [[nodiscard]] std::string secret_text(const ChainParams& params) const;

    // The same scripts without secrets and with no hardened step left to take but that of a range: what may be stored
    // in the open, and the secrets, which parse(text) and give_secrets put back. nullopt: a hardened step needs a
    // secret that is not here.
    struct Normal {
        std::string text;
        std::vector<BaseSecret> secrets;
    };
    [[nodiscard]] std::optional<Normal> normalized(const ChainParams& params) const;
    // The keys as they stand in the text, compressed.
    [[nodiscard]] std::vector<PubKey> bases() const;
    void give_secrets(const std::function<std::optional<SecretKey>(const PubKey& base)>& secret_of);

    struct Expansion {
        std::vector<Script> scripts;  // combo has several
        // The descriptor of each script alone, its keys with their origins; empty where the script says it all: addr(),
        // raw().
        std::vector<std::string> texts;
        KeyRing keys;
        std::map<Hash160, PubKey> bases;  // of each key: the one in the text that it grew from
    };
    // nullopt: a hardened step needs a secret that is not here. Precondition: index < 1 << 31.
    [[nodiscard]] std::optional<Expansion> expand(uint32_t index, bool with_secrets = false) const;

private:
    explicit Descriptor(std::unique_ptr<DescriptorNode> node);
    std::unique_ptr<DescriptorNode> node_;
};

}  // namespace sluice::signing
