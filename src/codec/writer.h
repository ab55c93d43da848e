// Writer: the other side of Reader. A sink decides what happens with the bytes: ByteWriter keeps them, SizeWriter
// counts them, HashWriter (crypto/hash_writer.h) hashes them; one description of a type serves all of them.
#pragma once

#include <cstdint>

#include "util/bytes.h"
#include "util/fixed_bytes.h"

namespace sluice {

class Writer {
public:
    virtual ~Writer() = default;
    virtual void raw(ByteView bytes) = 0;

    void u8(uint8_t value) { raw({&value, 1}); }
    void u16(uint16_t value) { little_endian(value, 2); }
    void u32(uint32_t value) { little_endian(value, 4); }
    void u64(uint64_t value) { little_endian(value, 8); }
    void i32(int32_t value) { u32(static_cast<uint32_t>(value)); }
    void i64(int64_t value) { u64(static_cast<uint64_t>(value)); }
    void u64_be(uint64_t value);
    void u16_be(uint16_t value);
    void compact_size(uint64_t value);
    // A CompactSize, then the bytes.
    void var_bytes(ByteView bytes) {
        compact_size(bytes.size());
        raw(bytes);
    }

private:
    void little_endian(uint64_t value, size_t size);
};

class ByteWriter final : public Writer {
public:
    void raw(ByteView bytes) override { append(bytes_, bytes); }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    Bytes release() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

class SizeWriter final : public Writer {
public:
    void raw(ByteView bytes) override { size_ += bytes.size(); }
    [[nodiscard]] size_t size() const { return size_; }

private:
    size_t size_ = 0;
};

size_t compact_size_length(uint64_t value);

}  // namespace sluice
