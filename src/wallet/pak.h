// Peg-out authorization by a wallet that holds an entry of the PAK list: the entry's online key is ours, its offline
// key belongs to an extended public key on the parent chain, whose addresses peg-outs go to one after the other
// (transactions.md section 10; RPC initpegoutwallet). Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "consensus/primitives/ids.h"
#include "consensus/primitives/script_bytes.h"
#include "crypto/bip32.h"
#include "ports/chain_client.h"
#include "util/result.h"

namespace sluice::wallet {

inline constexpr uint32_t kMaxPakCounter = 1'000'000'000;

// pkh(KEY/path/*), wpkh(KEY/path/*) or sh(wpkh(KEY/path/*)) with one extended public key, perhaps after its [origin].
class PakDescriptor {
public:
    // `text` without a checksum; an extended public key alone stands for pkh(KEY/0/*). Errors are Elements' texts.
    static Result<PakDescriptor> parse(std::string_view text, const VersionBytes& version);

    // What was given, in full.
    [[nodiscard]] const std::string& text() const { return text_; }
    // The entry's offline key: the extended key's point, negated.
    [[nodiscard]] PubKey offline_key() const;

    struct Destination {
        PubKey key;
        Script script;  // on the parent chain
        SecretKey
            summed;  // secret of offline key + destination: the derivation alone, so that no offline secret is needed
    };
    // nullopt with negligible probability.
    [[nodiscard]] std::optional<Destination> destination(uint32_t counter) const;

private:
    enum class Form : uint8_t { kPkh, kWpkh, kShWpkh };
    PakDescriptor(std::string text, Form form, ExtPubKey key, std::vector<uint32_t> path)
        : text_(std::move(text)), form_(form), key_(std::move(key)), path_(std::move(path)) {}

    std::string text_;
    Form form_;
    ExtPubKey key_;
    std::vector<uint32_t> path_;  // between the key and the counter
};

// The peg-out script with its proof. Errors are Elements' texts: the online key is not in the list, or not with this
// offline key.
Result<Script> make_authorized_pegout(std::span<const ports::PakEntry> list, const PakDescriptor& descriptor,
                                      const PakDescriptor::Destination& to, const SecretKey& online,
                                      const ParentGenesis& genesis);

}  // namespace sluice::wallet
