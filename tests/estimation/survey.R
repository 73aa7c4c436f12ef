# Levels and net changes of a wave in R's survey, from the files of `make export`.
# Rscript survey.R FOLDER IDS OUT: IDS is a file of indicator names, a kind (mean, share) before each; OUT a CSV.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
wanted <- read.csv(arguments[2], stringsAsFactors = FALSE)
rake_to <- function(design, margins) {
  variables <- unique(margins$variable)
  goals <- lapply(variables, function(v) {
    rows <- margins[margins$variable == v, ]
    goal <- data.frame(rows$level, Freq = rows$count)
    names(goal)[1] <- v
    goal
  })
  rake(design, lapply(variables, function(v) as.formula(paste0("~", v))), goals,
       control = list(maxit = 1000, epsilon = 1e-12, verbose = FALSE))
}
read <- function(name) read.csv(file.path(folder, name), stringsAsFactors = FALSE)
rows <- list()
note <- function(...) rows[[length(rows) + 1]] <<- data.frame(..., stringsAsFactors = FALSE)

one <- read("analysis.csv")
design <- rake_to(svydesign(~1, strata = ~stratum, weights = ~start_weight, data = one), read("margins.csv"))
for (i in seq_len(nrow(wanted))) {
  if (!is.na(wanted$vs[i])) next
  id <- wanted$indicator[i]; kind <- wanted$kind[i]; by <- wanted$by[i]; category <- wanted$category[i]
  y <- design$variables[[id]]
  design$variables$y <- if (is.na(category)) y else as.numeric(y == category)
  # A raked design keeps the rows it is subset by, with no weight: what is missing must go by na.rm.
  levels <- if (by == "") NA else sort(unique(design$variables[[by]][!is.na(y)]))
  for (level in levels) {
    inside <- if (by == "") rep(TRUE, nrow(design$variables)) else design$variables[[by]] %in% level
    m <- svymean(~y, subset(design, inside), na.rm = TRUE)
    used <- inside & !is.na(y)
    valid <- sum(used) - length(unique(design$variables$stratum[used]))
    estimate <- as.numeric(coef(m)); se <- as.numeric(SE(m))
    if (kind == "mean") {
      limits <- estimate + c(-1, 1) * qt(0.975, valid) * se
    } else {
      middle <- qlogis(estimate); width <- qt(0.975, valid) * se / (estimate * (1 - estimate))
      limits <- plogis(middle + c(-1, 1) * width)
    }
    note(what = "level", kind = kind, indicator = id, category = category, by = by, level = ifelse(by == "", "", level), vs = NA,
         estimate = estimate, se = se, lower = limits[1], upper = limits[2])
  }
}
if (file.exists(file.path(folder, "panel.csv"))) {
  panel <- read("panel.csv")
  latest <- max(panel$wave)
  stacked <- rake_to(svydesign(ids = ~doctor, strata = ~stratum, weights = ~start_weight, data = panel, nest = TRUE),
                     read("panel_margins.csv"))
  changes <- unique(wanted[!is.na(wanted$vs), c("indicator", "vs")])
  for (i in seq_len(nrow(changes))) {
    id <- changes$indicator[i]; earlier <- changes$vs[i]
    # What is missing, or of another wave, leaves the mean but not the design.
    stacked$variables$y <- ifelse(panel$wave %in% c(earlier, latest), panel[[id]], NA)
    stacked$variables$now <- as.numeric(panel$wave == latest)
    # The coefficient of wave is the difference of the two domains' means, with the covariance that shared doctors give.
    fit <- svyglm(y ~ now, design = stacked, na.action = na.omit)
    note(what = "change", kind = "mean", indicator = id, category = NA, by = "", level = "", vs = earlier,
         estimate = as.numeric(coef(fit)[2]), se = as.numeric(SE(fit)[2]), lower = NA, upper = NA)
  }
}
write.csv(do.call(rbind, rows), arguments[3], row.names = FALSE)
