"""Notebook 08: the mistakes known of the exercise in gpu_6_power_law."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_6_power_law

MISTAKES = (
    Mistake(
        "log of the factor",
        symptom="the exponent is right, and the factor is not",
        diagnosis="you return the factor's logarithm",
        hint="The height of the line is log factor. How do you get the factor back?",
        knobs={"factor": "log"},
    ),
    Mistake(
        "another base",
        symptom="the exponent is right, and the factor is not",
        diagnosis="you take logarithms to base 10 and undo them with exp",
        hint="What undoes np.log10?",
        knobs={"base": "10"},
    ),
    Mistake(
        "base 2",
        symptom="the exponent is right, and the factor is not",
        diagnosis="you take logarithms to base 2 and undo them with exp",
        hint="What undoes np.log2?",
        knobs={"base": "2"},
    ),
    Mistake(
        "ten to the height",
        symptom="the exponent is right, and the factor is not",
        diagnosis="you take natural logarithms and undo them with 10 to the power",
        hint="What undoes np.log?",
        knobs={"factor": "power of 10"},
    ),
    Mistake(
        "exchanged",
        symptom="the numbers are right and stand in the wrong order",
        diagnosis="you return the exponent first",
        hint="First the factor, then the exponent.",
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "slope taken for height",
        symptom="neither of the numbers is right",
        diagnosis="slope and height of the line have changed places",
        hint="np.polyfit gives the highest power first. Which of the two is that?",
        knobs={"told": "slope for height"},
    ),
    Mistake(
        "exponent undone too",
        symptom="the factor is right, and the exponent is always positive",
        diagnosis="you take exp of the slope as well",
        hint="log y = log factor + exponent · log x. Which of the two is a logarithm?",
        knobs={"told": "exp of both"},
    ),
    Mistake(
        "sign turned",
        symptom="the exponent has the wrong sign",
        diagnosis="you return the exponent without its sign, as in y = factor / x**exponent",
        hint="What falls has a negative exponent here.",
        knobs={"told": "negative"},
    ),
    Mistake(
        "without sign",
        symptom="what falls has a positive exponent",
        diagnosis="you take the exponent's absolute value",
        hint="What falls has a negative exponent here.",
        knobs={"told": "absolute"},
    ),
    Mistake(
        "no logarithms",
        symptom="the answer belongs to a straight line through x and y themselves",
        diagnosis="you take no logarithms before the fit",
        hint="In which drawing is a power law a straight line?",
        knobs={"logs": ""},
    ),
    Mistake(
        "straight line itself",
        symptom="the answer belongs to a straight line through x and y themselves",
        diagnosis="you fit y = height + slope · x, and return its two numbers",
        hint="In which drawing is a power law a straight line?",
        knobs={"logs": "", "factor": "log"},
    ),
    Mistake(
        "x as it is",
        symptom="the answer belongs to an exponential, not to a power",
        diagnosis="you take the logarithm of y only",
        hint="The logarithm of x**exponent is exponent · … what?",
        knobs={"logs": "y"},
    ),
    Mistake(
        "y as it is",
        symptom="the answer belongs to a line by log x, not to a power",
        diagnosis="you take the logarithm of x only",
        hint="The logarithm of both sides: what stands on the left?",
        knobs={"logs": "x"},
    ),
    Mistake(
        "x by y",
        symptom="the exponent is about 1 over the right one",
        diagnosis="you fit log x by log y: the two have changed places",
        hint="Which of the two is given, and which is measured?",
        knobs={"line": "x by y"},
    ),
    Mistake(
        "x by y, turned back",
        symptom="the law is a little too steep",
        diagnosis="you fit log x by log y and solve for y afterwards; least squares then makes the "
        "errors of x small, not those of y",
        hint="Which of the two is given, and which is measured?",
        knobs={"line": "x by y, turned back"},
    ),
    Mistake(
        "first and last",
        symptom="only two of the points decide",
        diagnosis="you draw the line through the first and the last point",
        hint="All points carry noise. What do least squares make of the others?",
        knobs={"line": "first and last"},
    ),
    Mistake(
        "smallest and largest",
        symptom="only two of the points decide",
        diagnosis="you draw the line through the points of the smallest and the largest x",
        hint="All points carry noise. What do least squares make of the others?",
        knobs={"line": "smallest and largest"},
    ),
    Mistake(
        "slope of the ends",
        symptom="only two of the points decide the exponent",
        diagnosis="the exponent is that of the first and the last point, and only the factor looks "
        "at all",
        hint="All points carry noise. What do least squares make of the others?",
        knobs={"line": "first and last, mean height"},
    ),
    Mistake(
        "mean of slopes",
        symptom="points that lie close together count too much",
        diagnosis="you average the slopes from point to point",
        hint="Two points with nearly the same x say little about the slope. What weighs them?",
        knobs={"line": "mean of slopes"},
    ),
    Mistake(
        "through 0",
        symptom="the factor is always 1",
        diagnosis="you fit a line through the origin: log y = exponent · log x",
        hint="Where did the factor go? A line has a slope and a height.",
        knobs={"line": "through 0"},
    ),
    Mistake(
        "factor of the first point",
        symptom="the exponent is right, and the factor is that of one point",
        diagnosis="the factor is made so that the law meets the first point",
        hint="The line has a height already. What does it tell?",
        knobs={"factor": "first point"},
    ),
    Mistake(
        "factor of the last point",
        symptom="the exponent is right, and the factor is that of one point",
        diagnosis="the factor is made so that the law meets the last point",
        hint="The line has a height already. What does it tell?",
        knobs={"factor": "last point"},
    ),
    Mistake(
        "mean factor",
        symptom="the exponent is right, and the factor is a little too large",
        diagnosis="the factor is the mean of y / x**exponent; least squares in log-log is a mean "
        "of logarithms",
        hint="The line has a height already. What does it tell?",
        knobs={"factor": "mean"},
    ),
    Mistake(
        "factor of the means",
        symptom="the exponent is right, and the factor is off",
        diagnosis="the factor is made from the mean of x and the mean of y; a line in log-log goes "
        "through the means of the logarithms",
        hint="Mean of the logarithms, or logarithm of the mean?",
        knobs={"factor": "means"},
    ),
    Mistake(
        "slope without means",
        symptom="the exponent is wrong, unless the points lie around 1",
        diagnosis="the slope's formula is used without taking the means off first",
        hint="Slope: the sum of products over the sum of squares, both of distances from the mean.",
        knobs={"line": "through 0, mean height"},
    ),
    Mistake(
        "two kinds of variance",
        symptom="the law is too steep, the more so the fewer the points",
        diagnosis="the covariance is divided by n - 1 and the variance by n",
        hint="np.cov and np.var divide by different numbers. How do you make them agree?",
        knobs={"line": "two variances"},
    ),
    Mistake(
        "correlation",
        symptom="the exponent is never above 1 nor below -1",
        diagnosis="you take the correlation of the logarithms for the slope",
        hint="A correlation has no units. What must it be multiplied with?",
        knobs={"line": "correlation"},
    ),
    Mistake(
        "exponent only",
        symptom="one number comes back",
        diagnosis="you do not return the factor",
        hint="Asked for are two numbers: factor and exponent.",
        knobs={"told": "exponent"},
    ),
    Mistake(
        "curve",
        symptom="as many numbers come back as there are points",
        diagnosis="you return the fitted values of y",
        hint="Asked for are two numbers: factor and exponent.",
        knobs={"told": "curve"},
    ),
)
