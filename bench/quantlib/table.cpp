// The option table of kernel.table2000x37.ms by QuantLib: 2,000 calls at 37 scenarios each, once through its instruments and
// once through its formula. Prints one JSON map. Built and run by scripts/bench.sh:
//   g++ -O3 -march=native -std=c++17 bench/quantlib/table.cpp -lQuantLib -o table && ./table
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

using namespace QuantLib;

namespace {
constexpr int Expiries = 20, Strikes = 100, Moves = 37;

// As Scenarios of the engine: move in quarters of the range, shock of volatility.
double moveOf(int scenario) {
  constexpr int tail[] = {-8, -8, 8, 8, -12, -12, 12, 12, 24, 48};
  return 0.04 * (scenario < 27 ? scenario / 3 - 4 : tail[scenario - 27]);
}

double shockOf(int scenario) {
  constexpr double shocks[] = {0.6, 1, 1.4};
  return shocks[scenario < 27 ? scenario % 3 : scenario < 35 ? 1 + (scenario - 27) % 2 : 2];
}

template <class Work>
double fastest(int repeats, Work work) {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < repeats; i++) {
    auto began = std::chrono::steady_clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  return least;
}
}  // namespace

int main() {
  double sum = 0;
  double formula = fastest(10, [&] {
    for (int e = 1; e <= Expiries; e++)
      for (int k = 0; k < Strikes; k++)
        for (int s = 0; s < Moves; s++)
          sum += blackFormula(Option::Call, 90.0 + k, 152 * (1 + moveOf(s)), 0.6 * shockOf(s) * std::sqrt(e * 15 / 365.0), 0.999);
  });

  Date today(12, March, 2020);
  Settings::instance().evaluationDate() = today;
  auto spot = ext::make_shared<SimpleQuote>(152.0);
  auto vol = ext::make_shared<SimpleQuote>(0.6);
  Handle<YieldTermStructure> flat(ext::make_shared<FlatForward>(today, 0.0, Actual365Fixed()));
  Handle<BlackVolTermStructure> vols(ext::make_shared<BlackConstantVol>(today, NullCalendar(), Handle<Quote>(vol), Actual365Fixed()));
  auto process = ext::make_shared<BlackScholesMertonProcess>(Handle<Quote>(spot), flat, flat, vols);
  auto engine = ext::make_shared<AnalyticEuropeanEngine>(process);
  double instruments = fastest(2, [&] {
    for (int e = 1; e <= Expiries; e++)
      for (int k = 0; k < Strikes; k++) {
        VanillaOption option(ext::make_shared<PlainVanillaPayoff>(Option::Call, 90.0 + k), ext::make_shared<EuropeanExercise>(today + 15 * e));
        option.setPricingEngine(engine);
        for (int s = 0; s < Moves; s++) {
          spot->setValue(152 * (1 + moveOf(s)));
          vol->setValue(0.6 * shockOf(s));
          sum += option.NPV();
        }
      }
  });

  if (!(sum > 0)) return 1;
  std::printf("{\"peer.quantlib.formula.table2000x37.ms\":%.6f,\"peer.quantlib.instruments.table2000x37.ms\":%.6f}\n", formula * 1e3, instruments * 1e3);
}
