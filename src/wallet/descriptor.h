// Descriptor: which scripts an imported text stands for, and how they are spent (the output script descriptors of
// BIP380 to BIP385 as far as this wallet carries them): addr, raw, pk, pkh, wpkh, sh(wpkh), combo, and multi and
// sortedmulti bare, in sh, wsh and sh(wsh). Keys are in hex, WIF, or extended with a path that may end in /*; hardened
// steps need the extended secret key and are taken at once. A value without secrets; pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/script_bytes.h"
#include "crypto/bip32.h"

namespace sluice::wallet {

struct DescriptorKey {
    std::string text;                   // as the public form of the descriptor writes it
    PubKey key;                         // single, or of `extended`
    std::optional<ExtPubKey> extended;  // then `path` follows, and the index if `ranged`
    std::vector<uint32_t> path;         // not hardened
    bool ranged = false;

    // nullopt with negligible probability.
    [[nodiscard]] std::optional<PubKey> at(uint32_t index) const;
    // The secret of at(index), from the one of `key`.
    [[nodiscard]] std::optional<SecretKey> secret_at(const SecretKey& base, uint32_t index) const;
};

// A script, what stands behind its hash, and the keys in the order of the script.
struct Spendable {
    Script script;
    std::optional<Script> redeem;
    std::optional<Script> witness_script;
    std::vector<PubKey> keys;
};

enum class DescriptorForm : uint8_t { kScript, kPk, kPkh, kWpkh, kShWpkh, kCombo, kMulti };
enum class DescriptorWrap : uint8_t { kBare, kSh, kWsh, kShWsh };  // of kMulti

struct Descriptor {
    DescriptorForm form = DescriptorForm::kScript;
    DescriptorWrap wrap = DescriptorWrap::kBare;
    bool sorted = false;
    int required = 0;
    Script script;  // kScript
    std::vector<DescriptorKey> keys;
    std::string text;  // public, without checksum

    [[nodiscard]] bool is_ranged() const;
    // Empty with negligible probability; several for combo.
    [[nodiscard]] std::vector<Spendable> expand(uint32_t index) const;
};

struct DescriptorSecret {
    PubKey of;  // compressed: DescriptorKey::key
    SecretKey key;
};
struct ParsedDescriptor {
    Descriptor descriptor;
    std::vector<DescriptorSecret> secrets;  // those that the text held
};
// `text` without checksum. Errors are Elements' texts where it has them.
Result<ParsedDescriptor> parse_descriptor(std::string_view text, const ChainParams& params);

// The descriptor's text with this key's secret in its place.
std::string with_secret(const std::string& text, const DescriptorKey& key, const SecretKey& secret,
                        const ChainParams& params);

}  // namespace sluice::wallet
