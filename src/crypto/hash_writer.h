// HashWriter: a Writer whose bytes go into SHA-256. Take the digest once; the writer is spent afterwards.
#pragma once

#include "codec/writer.h"
#include "crypto/hash.h"

namespace sluice {

class HashWriter final : public Writer {
public:
    HashWriter() = default;
    // Continues a hasher, e.g. tagged_hasher("TapSighash").
    explicit HashWriter(const Sha256& start) : hasher_(start) {}

    void raw(ByteView bytes) override { hasher_.write(bytes); }
    Hash256 sha256() { return hasher_.finish(); }
    Hash256 sha256d() { return sluice::sha256(hasher_.finish().view()); }

private:
    Sha256 hasher_;
};

}  // namespace sluice
