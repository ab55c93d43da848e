// Every operation of a set (Ops) once, over vectors of any bits: what two sets of them must agree on before either is
// trusted with a proof.
#pragma once

#include "confidential/detail/lanes/field.h"
#include "confidential/detail/lanes/kernel.h"

namespace sluice::confidential::detail::lanes {

template <class Ops>
size_t operations(const uint64_t (*in)[kLanes], uint64_t (*out)[kLanes]) {
    using V = typename Ops::V;
    using Mask = typename Ops::Mask;
    const V a = Ops::load(in[0]);
    const V b = Ops::load(in[1]);
    const V c = Ops::load(in[2]);
    const V half_a = Ops::template right<1>(a);
    const V half_b = Ops::template right<1>(b);
    size_t row = 0;
    const auto put = [&](const V& v) { Ops::store(out[row++], v); };
    const auto put_mask = [&](Mask mask) { put(Ops::all(mask)); };
    put(Ops::all(0x0123456789abcdef));
    put(Ops::both(a, b));
    put(Ops::either(a, b));
    put(Ops::add(half_a, half_b));
    put(Ops::sub(Ops::either(a, Ops::all(uint64_t{1} << 63)), half_b));
    put(Ops::template right<12>(a));
    put(Ops::template right<15>(a));
    put(Ops::template right<16>(a));
    put(Ops::template right<24>(a));
    put(Ops::template right<27>(a));
    put(Ops::template right<28>(a));
    put(Ops::template right<36>(a));
    put(Ops::template right<39>(a));
    put(Ops::template right<40>(a));
    put(Ops::template right<48>(a));
    put(Ops::template right<51>(a));
    put(Ops::template right<52>(a));
    put(Ops::template left<2>(Ops::template right<4>(a)));
    put(Ops::template left<4>(Ops::template right<4>(a)));
    put(Ops::template left_out<1>(b));
    put(Ops::template left_out<12>(b));
    put(Ops::template left_out<13>(b));
    put(Ops::template left_out<16>(b));
    put(Ops::template left_out<24>(b));
    put(Ops::template left_out<25>(b));
    put(Ops::template left_out<28>(b));
    put(Ops::template left_out<36>(b));
    put(Ops::template left_out<37>(b));
    put(Ops::template left_out<40>(b));
    put(Ops::template left_out<52>(b));
    put(Ops::both(Ops::low52(c), Ops::all(kLow52)));
    // Multiplicands count in their low 52 bits, whatever stands above those.
    put(Ops::multiply_low(half_a, Ops::low52(b), Ops::low52(c)));
    put(Ops::multiply_high(half_a, Ops::low52(b), Ops::low52(c)));
    put(Ops::blend(0xa5, a, b));
    put(Ops::blend(0x1e, a, b));
    put_mask(Ops::equal(a, b));
    put_mask(Ops::equal(a, a));
    put_mask(Ops::equal(Ops::both(a, Ops::all(1)), Ops::all(0)));
    put(Ops::template rotate<1>(a));
    put(Ops::template rotate<2>(a));
    put(Ops::template rotate<4>(a));
    V rows[kLanes] = {a, b, c, half_a, half_b, Ops::both(a, b), Ops::either(a, c), Ops::both(b, c)};
    Ops::transpose(rows);
    for (const V& transposed : rows) put(transposed);
    return row;
}

}  // namespace sluice::confidential::detail::lanes
