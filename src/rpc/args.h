// Args: the arguments of one call in the order of the method table, types already checked against it. An argument that
// was left out or given as null is absent. Getters that can fail return the reference's error.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/error.h"
#include "rpc/method.h"
#include "util/bytes.h"
#include "util/fixed_bytes.h"

namespace sluice::rpc {

class Args {
public:
    // `params`: array or object as received. Errors as the reference: help text for a wrong count, -3 for wrong types,
    // -8 for names.
    static Result<Args, RpcError> make(const Method& method, const Json& params);

    [[nodiscard]] bool has(size_t i) const;
    [[nodiscard]] const Json& json(size_t i) const;  // null if absent
    [[nodiscard]] size_t count() const;              // as given: trailing absent ones included

    // Preconditions: present, and of the type that the table says.
    [[nodiscard]] std::string text(size_t i) const;
    [[nodiscard]] std::string text_or(size_t i, std::string_view otherwise) const;
    [[nodiscard]] bool flag_or(size_t i, bool otherwise) const;

    [[nodiscard]] Result<int64_t, RpcError> integer(size_t i) const;
    [[nodiscard]] Result<int64_t, RpcError> integer_or(size_t i, int64_t otherwise) const;
    // A verbosity: a number, or a bool (true is 1).
    [[nodiscard]] Result<int64_t, RpcError> verbosity_or(size_t i, int64_t otherwise) const;
    [[nodiscard]] Result<Amount, RpcError> amount(size_t i) const;
    // 64 hex digits in display order; `name` is for the error.
    template <class Id>
    [[nodiscard]] Result<Id, RpcError> id(size_t i, std::string_view name) const {
        static_assert(Id::kSize == 32);
        return Id::from_view(TRY(id_bytes(i, name)));
    }
    [[nodiscard]] Result<Bytes, RpcError> hex(size_t i, std::string_view name) const;

private:
    Args() = default;
    [[nodiscard]] Result<Bytes, RpcError> id_bytes(size_t i, std::string_view name) const;
    Json values_ = Json::array();
};

// One field of an object inside of an argument.
struct FieldType {
    std::string_view name;
    std::string_view type;  // as type_name() says it; empty: any
    bool optional = false;
};
// -3 for a missing field, one of another type, or with `strict` one that is not listed.
Result<void, RpcError> check_fields(const Json& object, std::initializer_list<FieldType> fields, bool strict = false);

// The same readings of values inside of arrays and objects.
Result<Amount, RpcError> amount_from_json(const Json& value);
Result<int64_t, RpcError> integer_from_json(const Json& value);
Result<Bytes, RpcError> id_bytes_from_text(std::string_view text, std::string_view name);
Result<Bytes, RpcError> hex_from_json(const Json& value, std::string_view name);

}  // namespace sluice::rpc
