// Result<T, E>: a value or an error, with the names of std::expected. Kernel code returns these and never throws.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace sluice {

// An error for people: what went wrong, with the name of the thing it went wrong with. Modules whose callers must tell
// errors apart define an enum of their own.
struct Error {
    std::string message;
};

template <class T, class E = Error>
using Result = tl::expected<T, E>;
using Status = Result<void, Error>;

inline tl::unexpected<Error> fail(std::string message) { return tl::unexpected<Error>(Error{std::move(message)}); }
template <class E>
tl::unexpected<E> unexpected(E error) {
    return tl::unexpected<E>(std::move(error));
}

}  // namespace sluice

// The value of a Result, or return its error from the enclosing function (whose error type must accept it).
#define TRY(expression)                                                                 \
    __extension__({                                                                     \
        auto try_result_ = (expression);                                                \
        if (!try_result_) return ::tl::make_unexpected(std::move(try_result_).error()); \
        std::move(*try_result_);                                                        \
    })
// The same for a Result<void, E>.
#define TRY_VOID(expression)                                                            \
    do {                                                                                \
        auto try_result_ = (expression);                                                \
        if (!try_result_) return ::tl::make_unexpected(std::move(try_result_).error()); \
    } while (false)
