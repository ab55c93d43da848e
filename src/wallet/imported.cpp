#include "wallet/imported.h"

#include <algorithm>
#include <array>

#include "crypto/seal.h"
#include "signing/sign.h"
#include "util/check.h"
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

void Imported::put(ImportRecord record, std::shared_ptr<const signing::Descriptor> descriptor) {
    const auto known = find_text(record.text);
    const size_t at = known.value_or(entries_.size());
    if (!known) entries_.emplace_back();
    entries_[at] = {std::move(record), std::move(descriptor)};
    watch(at);
}

void Imported::watch(size_t at) {
    const Entry& entry = entries_[at];
    const uint32_t end = entry.descriptor->is_range() ? entry.record.end : entry.record.begin + 1;
    for (uint32_t index = entry.record.begin; index < end; ++index) {
        const auto made = entry.descriptor->expand(index);
        if (!made) continue;  // with negligible probability
        for (const Script& script : made->scripts) {
            // An address alone does not take the place of the keys behind it.
            if (!entry.descriptor->is_solvable() && scripts_.contains(script)) continue;
            scripts_.insert_or_assign(script, Place{at, index});
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
    const std::vector<PubKey> keys = entries_[at->entry].descriptor->bases();
    const auto held = std::ranges::count_if(keys, [&](const PubKey& key) { return has_secret(key); });
    if (held == 0 || held == std::ssize(keys)) return held > 0;
    const auto ring = key_ring(script);
    return ring && signing::can_sign(script, *ring);
}

std::optional<signing::KeyRing> Imported::key_ring(const Script& script) const {
    const auto at = find(script);
    auto made = at ? entries_[at->entry].descriptor->expand(at->index) : std::nullopt;
    if (!made) return std::nullopt;
    for (const auto& [id, base] : made->bases) {
        if (has_secret(base)) made->keys.held.insert(id);
    }
    return std::move(made->keys);
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

signing::Descriptor Imported::with_secrets(const Entry& entry, ByteView seal_key, const ChainParams& params) const {
    auto parsed = signing::Descriptor::parse(entry.record.text, params);
    CHECK(parsed.has_value() && parsed->size() == 1);  // it was read before
    parsed->front().give_secrets([&](const PubKey& base) { return secret_of(base, seal_key); });
    return std::move(parsed->front());
}

}  // namespace sluice::wallet
