// One description of a type drives reading, writing, sizing and hashing:
//
//   template <class A, Like<OutPoint> T> void describe(A& a, T& o) { field(a, o.txid); field(a, o.index); }
//
// A is Reader or Writer; T is OutPoint when reading and const OutPoint when writing. `field` knows integers
// (little-endian), FixedBytes, Bytes (CompactSize-prefixed), and anything with a describe of its own, found by
// argument-dependent lookup. list(a, vector, min_bytes, each) codes a CompactSize count and the elements.
#pragma once

#include <concepts>
#include <type_traits>
#include <vector>

#include "codec/reader.h"
#include "codec/writer.h"

namespace sluice {

template <class T, class U>
concept Like = std::same_as<std::remove_const_t<T>, U>;

template <class A>
inline constexpr bool kReads = std::same_as<A, Reader>;

inline void field(Reader& r, uint8_t& v) { v = r.u8(); }
inline void field(Reader& r, uint16_t& v) { v = r.u16(); }
inline void field(Reader& r, uint32_t& v) { v = r.u32(); }
inline void field(Reader& r, uint64_t& v) { v = r.u64(); }
inline void field(Reader& r, int32_t& v) { v = r.i32(); }
inline void field(Reader& r, int64_t& v) { v = r.i64(); }
inline void field(Reader& r, Bytes& v) { v = r.var_bytes(); }
template <class Tag, size_t N>
void field(Reader& r, FixedBytes<Tag, N>& v) {
    if (const ByteView from = r.take(N); from.size() == N) v = FixedBytes<Tag, N>::from_view(from);
}
inline void field(Writer& w, uint8_t v) { w.u8(v); }
inline void field(Writer& w, uint16_t v) { w.u16(v); }
inline void field(Writer& w, uint32_t v) { w.u32(v); }
inline void field(Writer& w, uint64_t v) { w.u64(v); }
inline void field(Writer& w, int32_t v) { w.i32(v); }
inline void field(Writer& w, int64_t v) { w.i64(v); }
inline void field(Writer& w, const Bytes& v) { w.var_bytes(v); }
template <class Tag, size_t N>
void field(Writer& w, const FixedBytes<Tag, N>& v) {
    w.raw(v.view());
}
template <class A, class T>
requires requires(A& a, T& v) { describe(a, v); }
void field(A& a, T& v) { describe(a, v); }

// A CompactSize count, then `each(a, element)`. min_bytes is the least size of an element on the wire: it bounds what a
// hostile count can make us allocate.
template <class A, class V, class F>
void list(A& a, V& values, size_t min_bytes, F each) {
    if constexpr (kReads<A>) {
        const size_t count = a.count(min_bytes);
        values.clear();
        for (size_t i = 0; i < count && a.ok(); ++i) {
            values.emplace_back();
            each(a, values.back());
        }
    } else {
        a.compact_size(values.size());
        for (auto& value : values) each(a, value);
    }
}
template <class A, class V>
void list(A& a, V& values, size_t min_bytes) {
    list(a, values, min_bytes, [](A& archive, auto& value) { field(archive, value); });
}

// Encode and decode a type whose describe(a, value) is visible.
template <class T>
Bytes encode(const T& value) {
    ByteWriter writer;
    Writer& sink = writer;
    describe(sink, value);
    return writer.release();
}
template <class T>
std::optional<T> decode(ByteView bytes) {
    Reader reader(bytes);
    T value;
    describe(reader, value);
    if (!reader.finish()) return std::nullopt;
    return value;
}

}  // namespace sluice
