#include "wallet/imported.h"

#include <algorithm>
#include <array>

#include "crypto/seal.h"
#include "util/random.h"

namespace sluice::wallet {
namespace {
constexpr size_t kNonceSize = 12;
}

Bytes seal_secret(const PubKey& of, const SecretKey& secret, ByteView seal_key) {
    std::array<uint8_t, kNonceSize> nonce{};
    random_bytes(nonce);
    Bytes out(nonce.begin(), nonce.end());
    append(out, chacha20poly1305_encrypt(seal_key, nonce, of.view(), secret.view()));
    return out;
}

std::optional<size_t> Imported::find_text(std::string_view text) const {
    for (size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].record.text == text) return i;
    }
    return std::nullopt;
}

void Imported::put(ImportRecord record, Descriptor descriptor) {
    const auto known = find_text(record.text);
    const size_t at = known.value_or(entries_.size());
    if (!known) entries_.emplace_back();
    entries_[at] = {std::move(record), std::move(descriptor)};
    watch(at);
}

void Imported::watch(size_t at) {
    const Entry& entry = entries_[at];
    const uint32_t end = entry.descriptor.is_ranged() ? entry.record.end : entry.record.begin + 1;
    for (uint32_t index = entry.record.begin; index < end; ++index) {
        for (const Spendable& each : entry.descriptor.expand(index)) {
            // An address alone does not take the place of the keys behind it.
            if (entry.descriptor.keys.empty() && scripts_.contains(each.script)) continue;
            scripts_.insert_or_assign(each.script, Place{at, index});
        }
    }
}

std::optional<Imported::Place> Imported::find(const Script& script) const {
    const auto found = scripts_.find(script);
    return found == scripts_.end() ? std::nullopt : std::optional(found->second);
}

bool Imported::can_spend(const Script& script) const {
    const auto at = find(script);
    if (!at) return false;
    const std::vector<DescriptorKey>& keys = entries_[at->entry].descriptor.keys;
    return !keys.empty() &&
           std::ranges::all_of(keys, [&](const DescriptorKey& key) { return has_secret(key.key.compressed()); });
}

std::optional<Spendable> Imported::spendable(const Script& script) const {
    const auto at = find(script);
    if (!at) return std::nullopt;
    for (Spendable& each : entries_[at->entry].descriptor.expand(at->index)) {
        if (each.script == script) return std::move(each);
    }
    return std::nullopt;
}

std::optional<SecretKey> Imported::secret_of(const PubKey& of, ByteView seal_key) const {
    const auto found = secrets_.find(of);
    if (found == secrets_.end() || found->second.size() < kNonceSize) return std::nullopt;
    const ByteView sealed(found->second);
    Result<Bytes> plain =
        chacha20poly1305_decrypt(seal_key, sealed.first(kNonceSize), of.view(), sealed.subspan(kNonceSize));
    if (!plain) return std::nullopt;
    auto out = SecretKey::from_bytes(*plain);
    wipe(*plain);
    return out;
}

std::optional<SigningKeys> Imported::signing_keys(const Script& script, ByteView seal_key) const {
    const auto at = find(script);
    auto how = spendable(script);
    if (!how) return std::nullopt;
    SigningKeys out{std::move(*how), {}};
    for (const DescriptorKey& key : entries_[at->entry].descriptor.keys) {
        const auto base = secret_of(key.key.compressed(), seal_key);
        auto secret = base ? key.secret_at(*base, at->index) : std::nullopt;
        const auto pubkey = key.at(at->index);
        if (secret && pubkey) out.pairs.push_back({*pubkey, std::move(*secret)});
    }
    return out;
}

}  // namespace sluice::wallet
