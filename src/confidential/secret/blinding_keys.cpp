#include "confidential/secret/blinding_keys.h"

#include "util/check.h"

namespace sluice::confidential {
namespace {

template <size_t N>
Secret<N> secret_copy(ByteView from) {
    Secret<N> out;
    std::ranges::copy(from.first(N), out.mutable_view().begin());
    return out;
}

}  // namespace

Secret<32> slip77_master_key(ByteView seed) {
    Hash512 root = hmac_sha512(as_bytes("Symmetric key seed"), seed);
    Bytes label{0};
    append(label, as_bytes("SLIP-0077"));
    Hash512 node = hmac_sha512(root.view().first(32), label);
    Secret<32> out = secret_copy<32>(node.view().last(32));
    wipe(root.mutable_view());
    wipe(node.mutable_view());
    return out;
}

std::optional<SecretKey> blinding_key(ByteView master, ByteView script) {
    CHECK(master.size() == 32);
    Hash256 key = hmac_sha256(master, script);
    std::optional<SecretKey> out = SecretKey::from_bytes(key.view());
    wipe(key.mutable_view());
    return out;
}

Bytes issuance_blinding_script(ByteView txid, uint32_t vout) {
    CHECK(txid.size() == 32);
    constexpr uint8_t kReturn = 0x6a;
    Bytes out{kReturn, 32};
    append(out, txid);
    // The index as scripts write numbers: 0 and 1..16 as opcodes, else the fewest bytes with a sign bit.
    if (vout == 0) {
        out.push_back(0);
    } else if (vout <= 16) {
        out.push_back(static_cast<uint8_t>(0x50 + vout));
    } else {
        Bytes number;
        for (uint64_t rest = vout; rest != 0; rest >>= 8) number.push_back(static_cast<uint8_t>(rest));
        if ((number.back() & 0x80) != 0) number.push_back(0);
        out.push_back(static_cast<uint8_t>(number.size()));
        append(out, number);
    }
    return out;
}

Secret<32> output_nonce(const SecretKey& ours, const PubKey& theirs) {
    const Secret<32> shared = ecdh(ours, theirs);
    Hash256 nonce = sha256(shared.view());
    Secret<32> out = secret_copy<32>(nonce.view());
    wipe(nonce.mutable_view());
    return out;
}

}  // namespace sluice::confidential
