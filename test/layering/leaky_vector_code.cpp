// What check_vector_code.py must notice: compiled for AVX-512 like the vector kernel, with an inline function that is
// not inlined, so that the linker could give this copy to any caller.
#include <cstddef>

namespace leaky {

[[gnu::noinline]] inline void twice(unsigned long* values, size_t count) {
    for (size_t i = 0; i < count; ++i) values[i] *= 2;
}

void entry(unsigned long* values, size_t count) { twice(values, count); }

}  // namespace leaky
