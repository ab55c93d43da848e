// Visitors over named fields: one list of fields writes JSON, reads it strictly, or feeds a hash. Private to the
// manifest.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "codec/hex.h"
#include "codec/writer.h"
#include "federation/agreement/types.h"

namespace sluice::member::detail {

using Json = nlohmann::ordered_json;

template <class T>
concept Number = std::is_integral_v<T>;

// Ids that people see in display order; keys are shown as they are.
template <class Tag>
inline constexpr bool kShownReversed = std::is_same_v<Tag, BlockHash> || std::is_same_v<Tag, agreement::ManifestHash>;

struct FieldWriter {
    Json& json;

    template <Number T>
    void operator()(const char* name, T value) {
        json[name] = value;
    }
    void operator()(const char* name, const std::string& value) { json[name] = value; }
    void operator()(const char* name, const agreement::Milliseconds& value) { json[name] = value.count(); }
    void operator()(const char* name, const Bytes& value) { json[name] = to_hex(value); }
    template <class Tag, size_t N>
    void operator()(const char* name, const FixedBytes<Tag, N>& value) {
        json[name] = kShownReversed<FixedBytes<Tag, N>> ? to_display(value) : to_hex(value.view());
    }
    template <class V, class F>
    void array(const char* name, const V& values, F each) {
        Json out = Json::array();
        for (const auto& value : values) {
            Json element;
            FieldWriter inner{element};
            each(inner, value);
            out.push_back(std::move(element));
        }
        json[name] = std::move(out);
    }
    template <class F>
    void object(const char* name, F fields) {
        Json element;
        FieldWriter inner{element};
        fields(inner);
        json[name] = std::move(element);
    }
};

struct FieldReader {
    const Json& json;
    std::string& error;  // the first one
    std::set<std::string> known;

    void fault(const std::string& what) {
        if (error.empty()) error = what;
    }
    const Json* find(const char* name) {
        known.insert(name);
        const auto at = json.is_object() ? json.find(name) : json.end();
        if (at == json.end()) {
            fault(std::string(name) + " is missing");
            return nullptr;
        }
        return &*at;
    }
    std::optional<Bytes> hex(const char* name) {
        const Json* value = find(name);
        if (value == nullptr) return std::nullopt;
        auto bytes = value->is_string() ? from_hex(value->get<std::string>()) : std::nullopt;
        if (!bytes) fault(std::string(name) + " is not hexadecimal");
        return bytes;
    }
    template <Number T>
    void operator()(const char* name, T& out) {
        const Json* value = find(name);
        if (value == nullptr) return;
        if (!value->is_number_integer() || value->get<int64_t>() < 0 ||
            static_cast<uint64_t>(value->get<int64_t>()) > static_cast<uint64_t>(std::numeric_limits<T>::max())) {
            fault(std::string(name) + " is not a number in range");
            return;
        }
        out = static_cast<T>(value->get<int64_t>());
    }
    void operator()(const char* name, std::string& out) {
        const Json* value = find(name);
        if (value == nullptr) return;
        if (!value->is_string() || value->get<std::string>().size() > 300)
            fault(std::string(name) + " is not a short text");
        else out = value->get<std::string>();
    }
    void operator()(const char* name, agreement::Milliseconds& out) {
        uint32_t count = 0;
        (*this)(name, count);
        out = agreement::Milliseconds(count);
    }
    void operator()(const char* name, Bytes& out) {
        if (auto bytes = hex(name)) out = std::move(*bytes);
    }
    template <class Tag, size_t N>
    void operator()(const char* name, FixedBytes<Tag, N>& out) {
        auto bytes = hex(name);
        if (!bytes) return;
        if (bytes->size() != N) {
            fault(std::string(name) + " has the wrong length");
            return;
        }
        if (kShownReversed<FixedBytes<Tag, N>>) std::reverse(bytes->begin(), bytes->end());
        out = FixedBytes<Tag, N>::from_view(*bytes);
    }
    template <class V, class F>
    void array(const char* name, V& values, F each) {
        const Json* list = find(name);
        if (list == nullptr) return;
        if (!list->is_array() || list->size() > 10'000) {
            fault(std::string(name) + " is not a list");
            return;
        }
        for (const Json& element : *list) {
            FieldReader inner{element, error, {}};
            values.emplace_back();
            each(inner, values.back());
            inner.finish();
        }
    }
    template <class F>
    void object(const char* name, F fields) {
        const Json* element = find(name);
        if (element == nullptr) return;
        FieldReader inner{*element, error, {}};
        fields(inner);
        inner.finish();
    }
    void finish() {
        if (!json.is_object()) return;
        for (const auto& item : json.items()) {
            if (!known.contains(item.key())) fault("unknown field " + item.key());
        }
    }
};

struct FieldHasher {
    Writer& writer;

    template <Number T>
    void operator()(const char*, T value) {
        writer.u64(static_cast<uint64_t>(value));
    }
    void operator()(const char*, const std::string& value) { writer.var_bytes(as_bytes(value)); }
    void operator()(const char*, const agreement::Milliseconds& value) {
        writer.u64(static_cast<uint64_t>(value.count()));
    }
    void operator()(const char*, const Bytes& value) { writer.var_bytes(value); }
    template <class Tag, size_t N>
    void operator()(const char*, const FixedBytes<Tag, N>& value) {
        writer.raw(value.view());
    }
    template <class V, class F>
    void array(const char*, const V& values, F each) {
        writer.compact_size(values.size());
        for (const auto& value : values) each(*this, value);
    }
    template <class F>
    void object(const char*, F fields) {
        fields(*this);
    }
};

}  // namespace sluice::member::detail
