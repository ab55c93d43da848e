// How the value of a field is written: all of the record's value bytes are the field, without a length of its own.
// Internal to pset. `is_absent` names what counts as a field that is not there: such a one is not written.
#pragma once

#include "pset/pset.h"

namespace sluice::pset::detail {

// How many maps of a kind follow.
struct Count {
    uint64_t value = 0;
};

// Reading fails by reader.fail(); the caller asks finish().
inline void get(Reader& r, uint8_t& v) { v = r.u8(); }
inline void get(Reader& r, uint32_t& v) { v = r.u32(); }
inline void get(Reader& r, int32_t& v) { v = r.i32(); }
inline void get(Reader& r, Count& v) { v.value = r.compact_u64(); }
inline void get(Reader& r, bool& v) { v = r.u8() != 0; }
inline void get(Reader& r, Amount& v) { v.sat = r.i64(); }
inline void get(Reader& r, Bytes& v) { v = to_bytes(r.take(r.remaining())); }
inline void get(Reader& r, Script& v) { get(r, v.bytes); }
inline void get(Reader& r, TxOut& v) { describe(r, v); }
inline void get(Reader& r, WitnessStack& v) { describe_stack(r, v); }
template <class Tag, size_t N>
void get(Reader& r, FixedBytes<Tag, N>& v) {
    field(r, v);
}
// With the prefix of a commitment.
void get(Reader& r, ValueCommitment& v);
void get(Reader& r, AssetCommitment& v);
void get(Reader& r, TxRef& v);
void get(Reader& r, KeyPath& v);
void get(Reader& r, TapDerivation& v);
void get(Reader& r, std::vector<TapTreeLeaf>& v);

inline void put(Writer& w, uint8_t v) { w.u8(v); }
inline void put(Writer& w, uint32_t v) { w.u32(v); }
inline void put(Writer& w, int32_t v) { w.i32(v); }
inline void put(Writer& w, Count v) { w.compact_size(v.value); }
inline void put(Writer& w, bool v) { w.u8(v ? 1 : 0); }
inline void put(Writer& w, Amount v) { w.i64(v.sat); }
inline void put(Writer& w, const Bytes& v) { w.raw(v); }
inline void put(Writer& w, const Script& v) { w.raw(v.bytes); }
inline void put(Writer& w, const PubKey& v) { w.raw(v.view()); }
inline void put(Writer& w, const TxOut& v) { describe(w, v); }
inline void put(Writer& w, const WitnessStack& v) { describe_stack(w, v); }
template <class Tag, size_t N>
void put(Writer& w, const FixedBytes<Tag, N>& v) {
    w.raw(v.view());
}
void put(Writer& w, const TxRef& v);
void put(Writer& w, const KeyPath& v);
void put(Writer& w, const TapDerivation& v);
void put(Writer& w, const std::vector<TapTreeLeaf>& v);

inline bool is_absent(const Bytes& v) { return v.empty(); }
inline bool is_absent(const Script& v) { return v.empty(); }
inline bool is_absent(const WitnessStack& v) { return v.empty(); }
inline bool is_absent(const TxRef& v) { return v == nullptr; }
inline bool is_absent(const std::vector<TapTreeLeaf>& v) { return v.empty(); }
// An id of zeros says nothing.
template <class Tag, size_t N>
bool is_absent(const FixedBytes<Tag, N>& v) {
    return v.is_zero();
}
inline bool is_absent(uint8_t) { return false; }
inline bool is_absent(uint32_t) { return false; }
inline bool is_absent(int32_t) { return false; }
inline bool is_absent(Count) { return false; }
inline bool is_absent(bool) { return false; }
inline bool is_absent(Amount) { return false; }
inline bool is_absent(const PubKey&) { return false; }
inline bool is_absent(const TxOut&) { return false; }
// A script that must be there may be empty.
inline bool is_absent(const std::optional<Script>& v) { return !v; }
template <class T>
bool is_absent(const std::optional<T>& v) {
    return !v || is_absent(*v);
}

}  // namespace sluice::pset::detail
