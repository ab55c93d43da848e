// Archives that read and write the records of one map: <key length> <type> <key data> <value length> <value>. Internal
// to pset.
#pragma once

#include <string>
#include <string_view>

#include "pset/detail/fields.h"

namespace sluice::pset::detail {

inline constexpr uint64_t kProprietary = 0xfc;

// One record, taken apart. The views are of the bytes that it was read from.
struct Record {
    ByteView key;  // all of it: type and key data
    ByteView value;
    uint64_t type = 0;
    std::optional<uint64_t> elements;  // Elements' subtype, of its proprietary records
    ByteView data;                     // key data behind type (and subtype)
};
// nullopt: the type cannot be read.
std::optional<Record> take_apart(ByteView key, ByteView value);

// Hands one record to the field that it belongs to. Used once a record.
class RecordReader {
public:
    static constexpr bool kReading = true;
    // `seen`: keys of the fields of this map so far.
    RecordReader(const Record& record, std::set<Bytes>& seen) : record_(record), seen_(seen) {}

    template <class T>
    void once(uint64_t type, std::string_view name, T& field) {
        if (!taken_ && record_.type == type && type != kProprietary) read_once(name, field);
    }
    template <class T>
    void elements(uint64_t subtype, std::string_view name, T& field) {
        if (!taken_ && record_.elements == subtype) read_once(name, field);
    }
    void elements_keys(uint64_t subtype, std::string_view name, std::set<Scalar>& keys);

    template <class K, class V>
    void keyed(uint64_t type, std::string_view name, std::map<K, V>& map) {
        if (taken_ || record_.type != type || !first_of_its_key(name)) return;
        V value;
        std::optional<K> key;
        if (!key_of(key)) return fail_key(name);
        if (read_value(name, value)) map.emplace(std::move(*key), std::move(value));
    }
    void keyed(uint64_t type, std::string_view name, std::map<Hash160, PartialSignature>& map);
    void keyed(uint64_t type, std::string_view name, std::map<KeyPath, std::set<ExtendedKey>>& map);
    void keyed(uint64_t type, std::string_view name, std::map<TapScriptKey, Bytes>& map);
    void keyed(uint64_t type, std::string_view name, std::map<TapLeafScript, std::set<Bytes, ShorterFirst>>& map);

    void others(Records& records, bool proprietary);

    // Empty: no error.
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    [[nodiscard]] bool first_of_its_key(std::string_view name);
    void fail(std::string text) { error_ = std::move(text); }
    void fail_key(std::string_view name);

    template <class T>
    void read_once(std::string_view name, T& field) {
        if (!first_of_its_key(name)) return;
        if (!record_.data.empty()) return fail(capital(name) + " key is more than one byte type");
        (void)read_value(name, field);
    }
    template <class T>
    bool read_value(std::string_view, T& out) {
        Reader reader(record_.value);
        get(reader, out);
        if (reader.finish()) return true;
        fail("Size of value was not the stated size");
        return false;
    }
    template <class T>
    bool read_value(std::string_view name, std::optional<T>& out) {
        T value;
        if (!read_value(name, value)) return false;
        out = std::move(value);
        if (is_absent(out)) out.reset();
        return true;
    }
    bool read_value(std::string_view name, std::optional<PubKey>& out);

    template <class Tag, size_t N>
    [[nodiscard]] bool key_of(std::optional<FixedBytes<Tag, N>>& out) const {
        if (record_.data.size() != N) return false;
        out = FixedBytes<Tag, N>::from_view(record_.data);
        return true;
    }
    [[nodiscard]] bool key_of(std::optional<PubKey>& out) const {
        out = PubKey::parse(record_.data);
        return out.has_value();
    }
    static std::string capital(std::string_view name);

    const Record& record_;
    std::set<Bytes>& seen_;
    bool taken_ = false;
    std::string error_;
};

class RecordWriter {
public:
    static constexpr bool kReading = false;
    explicit RecordWriter(Writer& out) : out_(out) {}

    template <class T>
    void once(uint64_t type, std::string_view, const T& field) {
        if (!is_absent(field)) record(key(type, {}), value_of(field));
    }
    template <class T>
    void elements(uint64_t subtype, std::string_view, const T& field) {
        if (!is_absent(field)) record(elements_key(subtype, {}), value_of(field));
    }
    void elements_keys(uint64_t subtype, std::string_view, const std::set<Scalar>& keys);
    template <class K, class V>
    void keyed(uint64_t type, std::string_view, const std::map<K, V>& map) {
        for (const auto& [data, value] : map) record(key(type, data.view()), value_of(value));
    }
    void keyed(uint64_t type, std::string_view, const std::map<Hash160, PartialSignature>& map);
    void keyed(uint64_t type, std::string_view, const std::map<KeyPath, std::set<ExtendedKey>>& map);
    void keyed(uint64_t type, std::string_view, const std::map<TapScriptKey, Bytes>& map);
    void keyed(uint64_t type, std::string_view, const std::map<TapLeafScript, std::set<Bytes, ShorterFirst>>& map);
    void others(const Records& records, bool proprietary);
    void end_of_map() { out_.u8(0); }

private:
    static Bytes key(uint64_t type, ByteView data);
    static Bytes elements_key(uint64_t subtype, ByteView data);
    void record(ByteView key, ByteView value) {
        out_.var_bytes(key);
        out_.var_bytes(value);
    }
    template <class T>
    static Bytes value_of(const T& value) {
        ByteWriter writer;
        put(writer, value);
        return writer.release();
    }
    template <class T>
    static Bytes value_of(const std::optional<T>& value) {
        return value_of(*value);
    }

    Writer& out_;
};

}  // namespace sluice::pset::detail
